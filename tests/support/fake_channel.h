/* A channel for tests: greets with two bytes, then every byte is changed by a key; in `whole` mode
 * each message has its length before it. */
#ifndef FAKE_CHANNEL_H
#define FAKE_CHANNEL_H

#include "transport/channel.h"

typedef struct fake_factory {
    sip__channel_factory base;
    const sip_allocator *allocator;
    unsigned char key;  /* peers with different ones do not understand each other */
    bool whole;         /* messages, not a stream; pings of its own */
    bool mute;          /* a server does not answer the greeting */
    bool refuses;       /* a server fails by the first bytes after it, and its client by that */
    int make_err;       /* what making one fails by */
    int send_err;       /* what a send fails by */
    const char *proves; /* the name that every peer proves to be */
    size_t live, made, closed, destroyed;
    char server[64]; /* the name that the last client was asked for */
} fake_factory;

/* The factory stays the caller's: destroying it is only counted. */
void fake_factory_init(fake_factory *factory, const sip_allocator *allocator, unsigned char key);

#endif
