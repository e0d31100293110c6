/* The bytes of a DNS message (RFC 1035 4.1): numbers, names and resource records. */
#ifndef SIP_IO_DNS_WIRE_H
#define SIP_IO_DNS_WIRE_H

#include <sip/base.h>

/* Room for any name with its zero: 255 bytes on the wire are 253 characters (RFC 1035 2.3.4). */
#define SIP__DNS_WIRE_NAME_BYTES 256

typedef struct sip__dns_reader {
    const unsigned char *bytes;
    size_t len, at;
} sip__dns_reader;

/* A resource record as it stands in a section; its data are at data..end. */
typedef struct sip__dns_entry {
    char owner[SIP__DNS_WIRE_NAME_BYTES];
    unsigned type, class;
    uint32_t ttl_s;
    size_t data, end;
} sip__dns_entry;

bool sip__dns_has(const sip__dns_reader *in, size_t bytes);
/* The caller has seen that they are there. */
unsigned sip__dns_take16(sip__dns_reader *in);
/* A TTL; with its highest bit set it counts as 0, and one beyond a day as a day (RFC 2181 8). */
uint32_t sip__dns_take_ttl(sip__dns_reader *in);
/* Read a name, compressed or not; the root gives "". What no host and no service has in its name
 * (controls, blanks, a dot or backslash inside of a label, bytes beyond ASCII) becomes a backslash.
 * @return false for one that is too long, leaves the message, or whose pointers do not lead back */
bool sip__dns_take_name(sip__dns_reader *in, char out[SIP__DNS_WIRE_NAME_BYTES]);
/* Read a name that has to end at `end` or before. */
bool sip__dns_take_name_within(sip__dns_reader *in, size_t end, char out[SIP__DNS_WIRE_NAME_BYTES]);
/* Read a record, and go behind it. @return false if it is not whole */
bool sip__dns_take_entry(sip__dns_reader *in, sip__dns_entry *ret_entry);

#endif
