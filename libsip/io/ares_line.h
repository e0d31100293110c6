/* A channel of c-ares with its sockets and its timer on a loop. Name servers that change get a new
 * one; the old one goes on until it has no question left. */
#ifndef SIP_IO_ARES_LINE_H
#define SIP_IO_ARES_LINE_H

#include "io/ares_resolver.h"
#include "io/loop_task.h"
#include <sys/select.h> /* which ares.h wants */

#include <ares.h>

typedef struct sip__ares_line {
    sip_list node;  /* the owner's */
    size_t pending; /* questions that c-ares has: the callback of each takes one off */
    unsigned asked; /* so far */
    const sip_allocator *allocator;
    sip_loop *loop;
    ares_channel channel;
    bool has_channel;
    uint32_t timeout_ms;
    sip_list watches;
    sip__loop_timer *timer;
} sip__ares_line;

/* What is borrowed of `config` outlives the call only. @return 0, SIP_ENOMEM, SIP_EINVAL
 * (name_servers), SIP_EIO */
int sip__ares_line_open(const sip__ares_config *config, sip__ares_line **ret_line);
/* Questions left are answered with ARES_EDESTRUCTION. Not from inside of a callback. */
void sip__ares_line_close(sip__ares_line *line);
/* Ask; `fn` is called once, perhaps from inside. */
void sip__ares_line_ask(sip__ares_line *line, const char *name, int type, ares_callback fn,
                        void *arg);

#endif
