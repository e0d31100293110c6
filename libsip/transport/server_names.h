/* The names that were asked for, as numbers that fit a sip_path: TLS says them to the server and
 * checks the certificate against them (RFC 5922), and a connection is used again only for its own.
 */
#ifndef SIP_TRANSPORT_SERVER_NAMES_H
#define SIP_TRANSPORT_SERVER_NAMES_H

#include <sip/containers.h>

#define SIP__SERVER_NAME_BYTES 256 /* with its zero; DNS allows 253 */
/* The number of no name, ever: whoever needs one and got none asks for this, and is refused. With 0
 * instead the address alone would be proof enough. */
#define SIP__SERVER_NAME_LOST UINT32_MAX

typedef struct sip__server_names {
    const sip_allocator *allocator;
    sip_map by_name;
    struct sip__server_name **slots;
    size_t count, room, limit;
    sip_list used; /* longest unused first */
} sip__server_names;

/* limit: of names kept, up to 65534; beyond, the longest unused one is forgotten. @return 0 or
 * SIP_ENOMEM */
int sip__server_names_init(sip__server_names *names, const sip_allocator *allocator,
                           const sip_random *random, size_t limit);
/* Takes a zeroed object. */
void sip__server_names_finish(sip__server_names *names);
/* Is it one at all? */
bool sip__server_names_may_be(sip_str name);
/* The number of `name` (case does not matter, nor a dot at its end). @return 0 for what is no name:
 * empty, too long, or without memory */
uint32_t sip__server_names_id(sip__server_names *names, sip_str name);
/* The name in lower case; NULL for 0 or one that has been forgotten. Valid until the next new name.
 */
const char *sip__server_names_text(sip__server_names *names, uint32_t id);

#endif
