/* Whether a file has changed since it was last looked at; asked as often as one likes, it is looked
 * at once in a while. */
#ifndef SIP_IO_FILE_WATCH_H
#define SIP_IO_FILE_WATCH_H

#include <sip/base.h>

typedef struct sip__file_watch {
    const char *path; /* borrowed */
    uint32_t every_ms;
    sip_time_ms next_ms; /* not looked at before */
    uint64_t stamp[4];   /* zeroed: it was not there */
} sip__file_watch;

/* The first question looks at once; a file that is there has changed then. */
void sip__file_watch_init(sip__file_watch *watch, const char *path, uint32_t every_ms);
/* True once after each change, be it that the file came, went, was replaced or written to. */
bool sip__file_watch_has_changed(sip__file_watch *watch, sip_time_ms now_ms);
/* The change could not be heeded: the next look finds one again. */
void sip__file_watch_forget(sip__file_watch *watch);

#endif
