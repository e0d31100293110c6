#include "body/part.h"

#include "body/body_box.h"
#include "body/body_line.h"
#include "body/body_registry.h"
#include "body/transfer_encoding.h"

/* Where a header of a part is kept, if it has a place of its own. */
static sip_str *place_of(sip_part *part, sip_str *encoding, sip_str name)
{
    const struct {
        const char *name;
        sip_str *place;
    } places[] = {
        {"Content-Type", &part->body.type},
        {"Content-Disposition", &part->body.disposition},
        {"Content-ID", &part->id},
        {"Content-Transfer-Encoding", encoding},
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (sip_str_equal_nocase(name, places[i].name)) {
            return places[i].place;
        }
    }
    return NULL;
}

static int add_header(sip__arena *arena, sip_header *header, sip_str name, sip_str value)
{
    header->name = sip__body_keep(arena, name);
    header->value = sip__body_keep(arena, value);
    return header->name != NULL && header->value != NULL ? 0 : SIP_ENOMEM;
}

/* Without angle brackets. */
static sip_str bare_id(sip_str id)
{
    if (id.len >= 2 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>') {
        return (sip_str){id.ptr + 1, id.len - 2};
    }
    return id;
}

/* Undo the transfer encoding; one that cannot be undone stays, with its header. */
static int decode(sip__arena *arena, sip_part *part, sip_str encoding, sip_header *header)
{
    int err;

    part->encoding = sip__transfer_encoding_of(encoding);
    if (part->encoding == SIP_TRANSFER_BASE64 || part->encoding == SIP_TRANSFER_QUOTED_PRINTABLE) {
        err = sip__transfer_decode(arena, part->encoding, part->body.data, &part->body.data);
        if (err != SIP_ESYNTAX) {
            return err;
        }
        part->encoding = SIP_TRANSFER_OTHER;
    }
    if (encoding.ptr == NULL) {
        return 0;
    }
    return add_header(arena, header, SIP_STR("Content-Transfer-Encoding"), encoding);
}

int sip__part_read(sip__arena *arena, const sip_body_registry *registry, sip_part *part)
{
    const size_t count = sip__body_count_headers(part->text);
    sip_header *headers;
    sip__body_line line;
    sip_str rest = part->text;
    sip_str encoding = {NULL, 0};
    sip_str name, value;
    size_t n = 0;
    int err = 0;

    if (count > sip__body_limits_of(registry).headers) {
        return SIP__BODY_OVER(registry, too_many_headers);
    }
    headers = sip__arena_alloc(arena, (count + 1) * sizeof(*headers));
    if (headers == NULL) {
        return SIP_ENOMEM;
    }
    while (err == 0 && (line = sip__body_header_take(&rest, &name, &value)) == SIP__BODY_HEADER) {
        sip_str *place = place_of(part, &encoding, name);

        if (!sip__body_unfold(arena, value, &value)) {
            err = SIP_ENOMEM;
        } else if (place != NULL) {
            /* Of several the first counts, and no other is kept. */
            *place = place->ptr == NULL ? value : *place;
        } else {
            err = add_header(arena, &headers[n++], name, value);
        }
    }
    if (err == 0 && line == SIP__BODY_BAD) {
        err = SIP_ESYNTAX;
    }
    part->id = bare_id(part->id);
    part->body.data = rest;
    if (err == 0) {
        headers[n] = (sip_header){NULL, NULL};
        err = decode(arena, part, encoding, &headers[n]);
        n += headers[n].name != NULL;
    }
    if (n > 0) {
        headers[n] = (sip_header){NULL, NULL};
        part->body.headers = headers;
    }
    return err;
}
