#include <sip/sdp.h>

#include "body/sdp_text.h"

#include <stdio.h>
#include <string.h>

#define MAX_FORMATTED 2000
#define FIRST_ROOM 512

void sip_sdp_builder_init(sip_sdp_builder *builder, const sip_allocator *allocator)
{
    *builder = (sip_sdp_builder){.allocator = allocator};
}

void sip_sdp_builder_finish(sip_sdp_builder *builder)
{
    sip_free(builder->allocator, builder->text);
    *builder = (sip_sdp_builder){.allocator = builder->allocator};
}

static bool make_room(sip_sdp_builder *builder, size_t more)
{
    size_t room = builder->room > 0 ? builder->room : FIRST_ROOM;
    char *text;

    if (builder->err != 0) {
        return false;
    }
    if (more > INT32_MAX || builder->len > INT32_MAX - more) {
        builder->err = SIP_ETOOBIG;
        return false;
    }
    while (room - builder->len < more) {
        room *= 2;
    }
    if (room > builder->room) {
        text = sip_realloc(builder->allocator, builder->text, room);
        if (text == NULL) {
            builder->err = SIP_ENOMEM;
            return false;
        }
        builder->text = text;
        builder->room = room;
    }
    return true;
}

void sip_sdp_builder_value(sip_sdp_builder *builder, char type, sip_str value)
{
    char *at;

    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\r' || value.ptr[i] == '\n' || value.ptr[i] == '\0') {
            builder->err = builder->err != 0 ? builder->err : SIP_EINVAL;
        }
    }
    if (value.len > INT32_MAX / 2 || !make_room(builder, value.len + 4)) {
        builder->err = builder->err != 0 ? builder->err : SIP_ETOOBIG;
        return;
    }
    at = builder->text + builder->len;
    at[0] = type;
    at[1] = '=';
    if (value.len > 0) {
        memcpy(at + 2, value.ptr, value.len);
    }
    memcpy(at + 2 + value.len, "\r\n", 2);
    builder->len += value.len + 4;
}

void sip_sdp_builder_line(sip_sdp_builder *builder, char type, const char *format, ...)
{
    char value[MAX_FORMATTED + 1];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof value) {
        builder->err = builder->err != 0 ? builder->err : SIP_ETOOBIG;
        return;
    }
    sip_sdp_builder_value(builder, type, (sip_str){value, (size_t)n});
}

void sip_sdp_builder_copy(sip_sdp_builder *builder, const sip_sdp_line *lines, size_t n,
                          const char *without)
{
    sip_str names = sip_str_of(without);

    for (size_t i = 0; i < n; i++) {
        sip_str name, rest, left_out;
        sip_str list = names;
        bool drop = false;

        (void)sip__sdp_split(lines[i].value, ':', &name, &rest);
        while (lines[i].type == 'a' && sip_sdp_word_next(&list, &left_out)) {
            drop = drop || sip_str_same(left_out, name);
        }
        if (!drop) {
            sip_sdp_builder_value(builder, lines[i].type, lines[i].value);
        }
    }
}

int sip_sdp_builder_read(const sip_sdp_builder *builder, sip_sdp **ret_sdp,
                         sip_sdp_error *ret_error)
{
    if (builder->err != 0) {
        return builder->err;
    }
    return sip_sdp_read(builder->allocator, (sip_str){builder->text, builder->len}, SIP_SDP_STRICT,
                        ret_sdp, ret_error);
}
