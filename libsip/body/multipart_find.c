#include <sip/multipart.h>

#include "body/body_registry.h"
#include "parser/cursor.h"

static int hex_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take a byte, or one that is escaped as %XX. */
static char take_byte(sip_str *url)
{
    char c = *url->ptr;
    size_t len = 1;

    if (c == '%' && url->len >= 3 && hex_of(url->ptr[1]) >= 0 && hex_of(url->ptr[2]) >= 0) {
        c = (char)(hex_of(url->ptr[1]) * 16 + hex_of(url->ptr[2]));
        len = 3;
    }
    sip__advance(url, len);
    return c;
}

static bool is_url_of(sip_str url, sip_str id)
{
    while (url.len > 0 && id.len > 0) {
        if (take_byte(&url) != *id.ptr) {
            return false;
        }
        sip__advance(&id, 1);
    }
    return url.len == 0 && id.len == 0;
}

/* How many parts there are to look at. */
static size_t count_of(const sip_multipart *multipart)
{
    return multipart != NULL && multipart->parts != NULL ? multipart->n_parts : 0;
}

typedef bool (*wanted)(const sip_part *part, const void *what);

/* Multiparts are no deeper than they were read, so this ends. */
static const sip_part *find(const sip_multipart *multipart, wanted is_wanted, const void *what)
{
    const sip_part *const parts = multipart != NULL ? multipart->parts : NULL;
    const sip_part *found = NULL;

    for (size_t i = 0; parts != NULL && i < multipart->n_parts && found == NULL; i++) {
        const sip_part *part = &parts[i];

        found = is_wanted(part, what) ? part : find(part->nested, is_wanted, what);
    }
    return found;
}

static bool has_url(const sip_part *part, const void *what)
{
    return part->id.len > 0 && is_url_of(*(const sip_str *)what, part->id);
}

static bool has_id(const sip_part *part, const void *what)
{
    return part->id.len > 0 && sip_str_same(*(const sip_str *)what, part->id);
}

const sip_part *sip_multipart_find(const sip_multipart *multipart, sip_str id)
{
    if (id.len >= 4 && sip_str_equal_nocase((sip_str){id.ptr, 4}, "cid:")) {
        const sip_str url = {id.ptr + 4, id.len - 4};

        return find(multipart, has_url, &url);
    }
    if (id.len >= 2 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>') {
        id = (sip_str){id.ptr + 1, id.len - 2};
    }
    return find(multipart, has_id, &id);
}

static bool has_type(const sip_part *part, const void *what)
{
    return sip_body_is(&part->body, what);
}

const sip_part *sip_multipart_find_type(const sip_multipart *multipart, const sip_body_type *type)
{
    return find(multipart, has_type, type);
}

static sip_str param_of(const sip_multipart *multipart, const char *name)
{
    sip_media_type media;
    sip_str value = {NULL, 0};

    if (sip__body_media_type(multipart->type, &media) == 0) {
        sip_param_find(media.params, name, &value);
    }
    return value;
}

const sip_part *sip_multipart_root(const sip_multipart *multipart)
{
    sip_str start;

    if (count_of(multipart) == 0) {
        return NULL;
    }
    start = param_of(multipart, "start");
    return start.len > 0 ? sip_multipart_find(multipart, start) : &multipart->parts[0];
}

const sip_part *sip_multipart_choose(const sip_multipart *multipart,
                                     const sip_body_registry *registry)
{
    for (size_t i = count_of(multipart); i-- > 0;) {
        if (sip_body_type_find(registry, multipart->parts[i].body.type) != NULL) {
            return &multipart->parts[i];
        }
    }
    return NULL;
}

int sip_multipart_signed(const sip_multipart *multipart, sip_multipart_signature *ret_signature)
{
    sip_multipart_signature signature;
    sip_media_type media;
    sip_str type;

    if (multipart == NULL || ret_signature == NULL) {
        return SIP_EINVAL;
    }
    if (!sip_str_equal_nocase(multipart->subtype, "signed") || count_of(multipart) != 2 ||
        !multipart->is_closed) {
        return SIP_ESYNTAX;
    }
    signature = (sip_multipart_signature){.content = &multipart->parts[0],
                                          .signature = &multipart->parts[1],
                                          .protocol = param_of(multipart, "protocol"),
                                          .micalg = param_of(multipart, "micalg")};
    if (sip__body_media_type(signature.signature->body.type, &media) != 0) {
        return SIP_ESYNTAX;
    }
    type =
        (sip_str){media.type.ptr, (size_t)(media.subtype.ptr + media.subtype.len - media.type.ptr)};
    if (!sip_str_same_nocase(type, signature.protocol)) {
        return SIP_ESYNTAX;
    }
    *ret_signature = signature;
    return 0;
}
