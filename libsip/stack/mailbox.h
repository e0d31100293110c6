/* What workers send each other: letters, opened by their receiver in its turn, in order from each
 * sender. The only crossing between them but for application's posts. */
#ifndef SIP_STACK_MAILBOX_H
#define SIP_STACK_MAILBOX_H

#include "base/mpsc_queue.h"
#include <sip/stack.h>

/* Beyond so many that wait a worker gets no more messages, neither to handle nor to send. */
#define SIP__MAILBOX_MOST 65536u
/* Of a letter without bytes, and of one with a few. */
#define SIP__LETTER_BYTES (sizeof(sip__letter) + 64)

typedef struct sip__letter sip__letter;
typedef struct sip__letter_kind {
    void (*open)(sip_worker *worker, sip__letter *letter);
    /* Instead, where it is opened no more; NULL: nothing to do. */
    void (*drop)(sip__letter *letter);
    bool is_last; /* opened even then: it begins nothing */
} sip__letter_kind;

struct sip__letter {
    sip__mpsc_node node; /* first: the queue gives nodes back */
    const sip__letter_kind *kind;
    const sip_allocator *allocator; /* its own */
    sip_msg *msg; /* the only reference; whoever opens takes it and leaves NULL, or it is freed */
    sip_tls_peer *peer; /* as the message: taken, or freed */
    sip_path path;
    uint64_t ref;
    int number; /* an error, a descriptor, a count: what the kind says */
    bool flag;
    size_t len;
    char bytes[]; /* a copy, with a zero after it */
};

typedef struct sip__mailbox {
    sip__mpsc_queue queue;
    atomic_uint waiting;
} sip__mailbox;

void sip__mailbox_init(sip__mailbox *mailbox);
/* `bytes` are copied, unless they are at NULL: the room for them. NULL without memory. */
sip__letter *sip__letter_create(const sip_allocator *allocator, const sip__letter_kind *kind,
                                sip_str bytes);
/* Too many wait for `to` already. */
bool sip__mailbox_is_full(const sip_worker *to);
/* Give `letter` over. Any worker's thread. */
void sip__mailbox_put(sip_worker *to, sip__letter *letter);
/* Open what has come; the rest of a great many in the next turn. */
void sip__mailbox_open(sip_worker *worker);
/* At the end: drop what nobody opens any more. Takes a zeroed mailbox. */
void sip__mailbox_finish(sip_worker *worker);

#endif
