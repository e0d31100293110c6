#include "message/build_internal.h"

#include "parser/cursor.h"

#include <sip/header_type.h>

#define FIRST_VALUE_BYTES 256u

/* Print the value behind the name. @return its length, or a SIP_E… */
static int put_value(sip_build *build, const sip_header_type *type, const void *value)
{
    size_t room = FIRST_VALUE_BYTES;

    for (;;) {
        int len;

        if (!sip__build_reserve(build, room, 0)) {
            return build->err;
        }
        len = sip_header_print(type, value, build->msg->bytes + build->used, room);
        if (len < 0 || (size_t)len < room) {
            return len;
        }
        room = (size_t)len + 1;
    }
}

static sip_str name_of(const sip_build *build, const sip_header_type *type)
{
    return build->is_compact && type->compact != 0 ? (sip_str){&type->compact, 1}
                                                   : sip_str_of(type->name);
}

void sip_build_typed(sip_build *build, const sip_header_type *type, const void *value)
{
    sip_header_id id;
    sip_str name;
    int len;

    if (build == NULL || build->err != 0) {
        return;
    }
    if (type == NULL || value == NULL || !sip__is_token(sip_str_of(type->name))) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    name = name_of(build, type);
    id = sip_header_id_of(sip_str_of(type->name));
    if (id == SIP_HEADER_CONTENT_LENGTH) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_begin(build, id, name);
    len = put_value(build, type, value);
    if (len >= 0 && !sip__is_one_line((sip_str){build->msg->bytes + build->used, (size_t)len})) {
        len = SIP_EINVAL;
    }
    if (len < 0) {
        sip__build_fail(build, len);
        return;
    }
    build->used += (size_t)len;
    sip__build_end(build);
}

void sip_build_copy_typed(sip_build *build, const sip_msg *from, const sip_header_type *type)
{
    if (build == NULL || from == NULL || type == NULL) {
        return;
    }
    sip_build_copy_named(build, from, sip_str_of(type->name));
    if (type->compact != 0 && sip_header_id_of(sip_str_of(type->name)) == SIP_HEADER_OTHER) {
        sip_build_copy_named(build, from, (sip_str){&type->compact, 1});
    }
}
