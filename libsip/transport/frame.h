/* Messages cut out of a stream (RFC 3261 18.3, 7.5), and its keep-alives (RFC 5626 3.5.1). Bytes
 * come in any pieces. */
#ifndef SIP_TRANSPORT_FRAME_H
#define SIP_TRANSPORT_FRAME_H

#include "base/buffers.h"

typedef enum sip__frame_event {
    SIP__FRAME_MORE,    /* all is used up: feed more */
    SIP__FRAME_MESSAGE, /* one whole message */
    SIP__FRAME_PING,    /* a double CRLF between messages: answer with one CRLF */
    SIP__FRAME_BROKEN   /* this is no SIP stream any more, for good: close it */
} sip__frame_event;

typedef struct sip__frame {
    sip__buffers *buffers;
    size_t limit_bytes; /* of one message */
    sip__buffer buffer; /* the part of a message that came so far; empty between messages */
    size_t scanned;     /* bytes known to hold no end of the headers */
    size_t need;        /* length of the whole message; 0: headers not yet complete */
    unsigned breaks;    /* line breaks in a row between messages */
    bool given;         /* the buffer's message has been handed out */
    bool line_seen;     /* the start line passed */
    bool pong_due;      /* the next line break between messages answers a ping of ours */
    const char *reason; /* static text; set when broken */
} sip__frame;

/* `buffers` are the thread's. */
void sip__frame_init(sip__frame *frame, sip__buffers *buffers, size_t limit_bytes);
void sip__frame_finish(sip__frame *frame);
/* Use up some of *chunk. A message's bytes are valid until the next call and as long as the chunk
 * is. */
sip__frame_event sip__frame_next(sip__frame *frame, sip_str *chunk, sip_str *ret_message);
/* A ping of ours waits for its answer: one line break before the next message is no part of a ping.
 */
void sip__frame_expect_pong(sip__frame *frame);
/* True in the midst of a message. */
bool sip__frame_is_partial(const sip__frame *frame);

#endif
