/* The names in the system's hosts file, kept in memory for as long as it does not change. */
#ifndef SIP_IO_HOSTS_FILE_H
#define SIP_IO_HOSTS_FILE_H

#include "io/file_watch.h"
#include <sip/net.h>

/* What is beyond these of a file is not known: lists of names that are to lead nowhere may be
 * long. */
#define SIP__HOSTS_FILE_BYTES (4u << 20)
#define SIP__HOSTS_FILE_NAMES 131072u

typedef struct sip__named_address {
    const char *name; /* in small letters */
    sip_addr addr;    /* port 0 */
} sip__named_address;

typedef struct sip__hosts_file {
    const sip_allocator *allocator;
    sip__file_watch watch;
    char *text;
    sip__named_address *names; /* by name, those of one in the file's order */
    size_t count;
} sip__hosts_file;

/* Nothing is read yet. `path` is borrowed; NULL: /etc/hosts. It is looked at once in `every_ms`. */
void sip__hosts_file_init(sip__hosts_file *hosts, const sip_allocator *allocator, const char *path,
                          uint32_t every_ms);
/* Takes a zeroed object. */
void sip__hosts_file_finish(sip__hosts_file *hosts);
/* The addresses of a name, one after the other, read anew if the file has changed; without memory
 * for that, what was known stays for now. @return how many, with *ret_first borrowed until the next
 * call */
size_t sip__hosts_file_find(sip__hosts_file *hosts, sip_str name, sip_time_ms now_ms,
                            const sip__named_address **ret_first);

#endif
