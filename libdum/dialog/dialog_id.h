/* Naming a dialog (RFC 3261 12): Call-ID, our tag, the peer's tag, as slices of a message. */
#ifndef DUM_DIALOG_ID_H
#define DUM_DIALOG_ID_H

#include <sip/containers.h>
#include <sip/msg.h>

typedef struct dum__dialog_id {
    sip_str call_id, local_tag, remote_tag;
} dum__dialog_id;

/** Of a request that came to us: To has our tag. Missing parts are empty. */
dum__dialog_id dum__dialog_id_of_request(const sip_msg *request);
/** Of a response to a request of ours: From has our tag. */
dum__dialog_id dum__dialog_id_of_response(const sip_msg *response);
/** Where a dialog set hangs: by Call-ID and our tag. */
uint64_t dum__dialog_id_hash(const sip_map *map, const dum__dialog_id *id);

#endif
