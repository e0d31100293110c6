#include <sip/sdp.h>

#include "body/sdp_line.h"
#include "parser/cursor.h"
#include "parser/numeric.h"

#include <string.h>

#define MAX_MEDIA 64
#define MAX_ATTRIBUTES 1024

/** One block: the description, its media, its attributes (the session's first), and a copy of the
 * text. */
struct sdp_block {
    sip_sdp sdp;
    sip_sdp_media *media;
    sip_sdp_attribute *attributes;
    size_t n_attributes; /**< filled so far, over all levels */
};

/** Take what stands before the next SP, and the spaces after it; false if that is nothing. */
static bool take_field(sip_str *rest, sip_str *ret_field)
{
    size_t n = 0;

    while (n < rest->len && rest->ptr[n] != ' ') {
        n++;
    }
    if (n == 0) {
        return false;
    }
    *ret_field = (sip_str){rest->ptr, n};
    sip__advance(rest, n);
    while (rest->len > 0 && *rest->ptr == ' ') {
        sip__advance(rest, 1);
    }
    return true;
}

static bool is_digits(sip_str text)
{
    return text.len > 0 &&
           sip__take_class(&(sip_str){text.ptr, text.len}, SIP__CHAR_DIGIT).len == text.len;
}

static bool parse_origin(sip_str value, sip_sdp *sdp)
{
    sip_str net_type, addr_type;

    return sdp->origin_address.len == 0 && take_field(&value, &sdp->origin_user) &&
           take_field(&value, &sdp->origin_id) && is_digits(sdp->origin_id) &&
           take_field(&value, &sdp->origin_version) && is_digits(sdp->origin_version) &&
           take_field(&value, &net_type) && take_field(&value, &addr_type) &&
           take_field(&value, &sdp->origin_address) && value.len == 0;
}

/** "IN IP4 192.0.2.1/127": the address without the multicast suffix. */
static bool parse_connection(sip_str value, sip_str *ret_connection)
{
    sip_str net_type, addr_type, address;
    const char *slash;

    if (!take_field(&value, &net_type) || !take_field(&value, &addr_type) ||
        !take_field(&value, &address) || value.len > 0) {
        return false;
    }
    slash = memchr(address.ptr, '/', address.len);
    if (slash != NULL) {
        address.len = (size_t)(slash - address.ptr);
    }
    *ret_connection = address;
    return address.len > 0;
}

/** "audio 49170/2 RTP/AVP 0 8". */
static bool parse_media(sip_str value, sip_sdp_media *media)
{
    sip_str port, digits;
    uint32_t number;

    if (!take_field(&value, &media->type) || !take_field(&value, &port) ||
        !take_field(&value, &media->protocol) || value.len == 0) {
        return false;
    }
    digits = sip__take_class(&port, SIP__CHAR_DIGIT);
    if (sip__number_parse(digits, &number) != 0 || number > UINT16_MAX ||
        (port.len > 0 && (*port.ptr != '/' || !is_digits((sip_str){port.ptr + 1, port.len - 1})))) {
        return false;
    }
    media->port = (uint16_t)number;
    media->formats = sip_str_trim(value);
    return true;
}

static bool add_attribute(struct sdp_block *block, sip_str value)
{
    sip_sdp_attribute *attribute = &block->attributes[block->n_attributes];
    const char *colon = value.len > 0 ? memchr(value.ptr, ':', value.len) : NULL;

    attribute->name = value;
    attribute->value = (sip_str){value.ptr + value.len, 0};
    if (colon != NULL) {
        attribute->name.len = (size_t)(colon - value.ptr);
        attribute->value = (sip_str){colon + 1, value.len - attribute->name.len - 1};
    }
    block->n_attributes++;
    if (block->sdp.n_media > 0) {
        block->media[block->sdp.n_media - 1].n_attributes++;
    } else {
        block->sdp.n_attributes++;
    }
    return attribute->name.len > 0;
}

static bool add_media(struct sdp_block *block, sip_str value)
{
    sip_sdp_media *media = &block->media[block->sdp.n_media];

    *media = (sip_sdp_media){.attributes = block->attributes + block->n_attributes,
                             .connection = block->sdp.connection};
    block->sdp.n_media++;
    return parse_media(value, media);
}

static bool add_line(struct sdp_block *block, const struct sip__sdp_line *line)
{
    sip_sdp *sdp = &block->sdp;

    switch (line->type) {
    case 'o':
        return sdp->n_media == 0 && parse_origin(line->value, sdp);
    case 's':
        sdp->session_name = line->value;
        return sdp->n_media == 0;
    case 'c':
        return parse_connection(line->value, sdp->n_media > 0
                                                 ? &block->media[sdp->n_media - 1].connection
                                                 : &sdp->connection);
    case 'm':
        return add_media(block, line->value);
    case 'a':
        return add_attribute(block, line->value);
    default:
        return true;
    }
}

/** The direction among `attributes`; `*direction` stays as it was if none of them is one. */
static void find_direction(const sip_sdp_attribute *attributes, size_t n,
                           sip_sdp_direction *direction)
{
    for (size_t i = 0; i < n; i++) {
        if (sip__sdp_direction_of(attributes[i].name, direction)) {
            return;
        }
    }
}

/** Whoever names 0.0.0.0 receives nothing there (RFC 3264 8.4, as RFC 2543 held calls). */
static sip_sdp_direction without_reception(sip_sdp_direction direction)
{
    return direction == SIP_SDP_SENDRECV || direction == SIP_SDP_SENDONLY ? SIP_SDP_SENDONLY
                                                                          : SIP_SDP_INACTIVE;
}

/** Set what a media section takes from the session; false if one has no address (RFC 8866 5.7). */
static bool settle_media(struct sdp_block *block)
{
    sip_sdp_direction session = SIP_SDP_SENDRECV;

    find_direction(block->attributes, block->sdp.n_attributes, &session);
    for (size_t i = 0; i < block->sdp.n_media; i++) {
        sip_sdp_media *media = &block->media[i];

        if (media->connection.len == 0 && media->port != 0) {
            return false;
        }
        media->direction = session;
        find_direction(media->attributes, media->n_attributes, &media->direction);
        if (sip_str_equal(media->connection, "0.0.0.0")) {
            media->direction = without_reception(media->direction);
        }
    }
    return true;
}

static int fill(struct sdp_block *block)
{
    sip_str rest = block->sdp.text;
    struct sip__sdp_line line;
    int err = sip__sdp_line_next(&rest, &line);

    if (err != 1 || line.type != 'v' || !sip_str_equal(sip_str_trim(line.value), "0")) {
        return SIP_ESYNTAX;
    }
    while ((err = sip__sdp_line_next(&rest, &line)) == 1) {
        if (!add_line(block, &line)) {
            return SIP_ESYNTAX;
        }
    }
    if (err != 0 || block->sdp.origin_address.len == 0 || block->sdp.session_name.ptr == NULL ||
        !settle_media(block)) {
        return SIP_ESYNTAX;
    }
    return 0;
}

/** Count what has to be allocated for; says nothing of soundness but of the lines. */
static int count_lines(sip_str text, size_t *ret_media, size_t *ret_attributes)
{
    struct sip__sdp_line line;
    size_t n_media = 0;
    size_t n_attributes = 0;
    int err;

    while ((err = sip__sdp_line_next(&text, &line)) == 1) {
        n_media += line.type == 'm';
        n_attributes += line.type == 'a';
    }
    if (err == 0 && (n_media > MAX_MEDIA || n_attributes > MAX_ATTRIBUTES)) {
        err = SIP_ETOOBIG;
    }
    *ret_media = n_media;
    *ret_attributes = n_attributes;
    return err;
}

int sip_sdp_parse(const sip_allocator *allocator, sip_str text, sip_sdp **ret_sdp)
{
    size_t n_media, n_attributes;
    struct sdp_block *block;
    char *copy;
    int err = count_lines(text, &n_media, &n_attributes);

    if (err != 0) {
        return err;
    }
    block = sip_alloc0(allocator, sizeof *block + n_media * sizeof(sip_sdp_media) +
                                      n_attributes * sizeof(sip_sdp_attribute) + text.len);
    if (block == NULL) {
        return SIP_ENOMEM;
    }
    block->media = (sip_sdp_media *)(void *)(block + 1);
    block->attributes = (sip_sdp_attribute *)(void *)(block->media + n_media);
    copy = (char *)(block->attributes + n_attributes);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    block->sdp.text = (sip_str){copy, text.len};
    block->sdp.media = block->media;
    block->sdp.attributes = block->attributes;
    err = fill(block);
    if (err != 0) {
        sip_free(allocator, block);
        return err;
    }
    *ret_sdp = &block->sdp;
    return 0;
}

const sip_sdp_attribute *sip_sdp_media_attribute(const sip_sdp_media *media, const char *name)
{
    for (size_t i = 0; media != NULL && i < media->n_attributes; i++) {
        if (sip_str_equal(media->attributes[i].name, name)) {
            return &media->attributes[i];
        }
    }
    return NULL;
}
