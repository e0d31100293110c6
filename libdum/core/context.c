#include "core/context.h"

#include <stdio.h>
#include <string.h>

int dum__copy_sized(void *own, size_t own_bytes, const void *given, size_t given_bytes)
{
    const unsigned char *bytes = given;

    if (given == NULL) {
        memset(own, 0, own_bytes);
        return 0;
    }
    for (size_t i = own_bytes; i < given_bytes; i++) {
        if (bytes[i] != 0) {
            return SIP_EINVAL;
        }
    }
    memset(own, 0, own_bytes);
    memcpy(own, given, given_bytes < own_bytes ? given_bytes : own_bytes);
    return 0;
}

int dum__set_handler(void *slot_handler, size_t own_bytes, const void *given, size_t given_bytes,
                     bool *set)
{
    int err;

    if (given == NULL) {
        return SIP_EINVAL;
    }
    if (*set) {
        return SIP_ESTATE;
    }
    err = dum__copy_sized(slot_handler, own_bytes, given, given_bytes);
    *set = err == 0;
    return err;
}

void dum__part_add(dum_manager *dum, dum__part *part, void (*destroy)(dum__part *part))
{
    sip_list_init(&part->link);
    sip_list_append(&dum->parts, &part->link);
    part->destroy = destroy;
}

sip_str dum__allow_text(const dum_manager *dum, char out[DUM__ALLOW_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (int m = SIP_METHOD_INVITE; m < SIP_METHOD_COUNT; m++) {
        sip_str name = sip_method_name((sip_method)m);

        if ((dum->allow & (1u << m)) != 0 && len + name.len + 3 <= DUM__ALLOW_BYTES) {
            len += (size_t)snprintf(out + len, DUM__ALLOW_BYTES - len, "%s" SIP_FMT,
                                    len > 0 ? ", " : "", SIP_ARG(name));
        }
    }
    return (sip_str){out, len};
}

int dum__may_begin(const dum_manager *dum)
{
    if (dum->stopping || dum->destroying) {
        sip_stack_set_error(dum->stack, "manager: stopping, nothing new can be begun");
        return SIP_EBUSY;
    }
    if (dum->n_usages >= dum->max_sessions) {
        sip_stack_set_error(dum->stack, "manager: %zu sessions are the limit", dum->n_usages);
        return SIP_EBUSY;
    }
    return 0;
}

void *dum__alloc0(const dum_manager *dum, size_t bytes)
{
    return sip_alloc0(dum->allocator, bytes);
}

void dum__free(const dum_manager *dum, void *block)
{
    sip_free(dum->allocator, block);
}
