#include <sip/sdp.h>

#include "body/sdp_bundle.h"
#include "body/sdp_grammar.h"
#include "body/sdp_line.h"
#include "body/sdp_text.h"

#include <string.h>

#define MAX_MEDIA 64
#define MAX_ATTRIBUTES 1024
#define MAX_LINES 4096

/** One block: the description, its media, its lines, its attributes (the session's first), and a
 * copy of the text. */
struct sdp_block {
    sip_sdp sdp;
    sip_sdp_media *media;
    sip_sdp_line *lines;
    sip_sdp_attribute *attributes;
    size_t n_lines, n_attributes; /**< filled so far, over all levels */
    sip_sdp_rules rules;
    struct sip__sdp_order order;
    bool has_time;
};

/** How many of each have to be allocated for. */
struct counts {
    size_t media, attributes, lines;
};

/** Fill in an error at `at` of `text`; the line is counted from there. */
static void tell(sip_sdp_error *error, sip_str text, const char *at, const char *rule,
                 const char *section)
{
    if (error == NULL) {
        return;
    }
    *error = (sip_sdp_error){.line = 1, .rule = rule, .section = section};
    error->offset = at != NULL ? (size_t)(at - text.ptr) : text.len;
    for (size_t i = 0; i < error->offset && i < text.len; i++) {
        error->line += text.ptr[i] == '\n';
    }
}

static sip_sdp_media *open_media(struct sdp_block *block)
{
    return block->sdp.n_media > 0 ? &block->media[block->sdp.n_media - 1] : NULL;
}

static bool add_origin(struct sdp_block *block, sip_str value)
{
    sip_sdp *sdp = &block->sdp;
    sip_sdp_origin origin;

    if (sdp->n_media > 0 || sdp->origin_address.len > 0 ||
        sip_sdp_origin_parse(value, &origin) != 0) {
        return false;
    }
    sdp->origin_user = origin.user;
    sdp->origin_id = origin.id;
    sdp->origin_version = origin.version;
    sdp->origin_address = origin.address;
    return true;
}

/** Of several c= lines (layers, RFC 8866 5.7) the first names the address. */
static bool add_connection(struct sdp_block *block, sip_str value)
{
    sip_sdp_media *media = open_media(block);
    sip_str *place = media != NULL ? &media->connection : &block->sdp.connection;
    sip_sdp_connection connection;

    if (sip_sdp_connection_parse(value, &connection) != 0) {
        return false;
    }
    if (place->len == 0) {
        *place = connection.address;
    }
    return true;
}

static bool add_attribute(struct sdp_block *block, sip_str value)
{
    sip_sdp_attribute *attribute = &block->attributes[block->n_attributes++];
    sip_sdp_media *media = open_media(block);

    (void)sip__sdp_split(value, ':', &attribute->name, &attribute->value);
    if (media != NULL) {
        media->n_attributes++;
    } else {
        block->sdp.n_attributes++;
    }
    return attribute->name.len > 0;
}

static bool add_media(struct sdp_block *block, sip_str value)
{
    sip_sdp_media *media = &block->media[block->sdp.n_media++];
    sip_sdp_media_line line;

    *media = (sip_sdp_media){.attributes = block->attributes + block->n_attributes,
                             .lines = block->lines + block->n_lines};
    if (sip_sdp_media_line_parse(value, &line) != 0) {
        return false;
    }
    media->type = line.type;
    media->port = line.port;
    media->n_ports = line.n_ports;
    media->protocol = line.protocol;
    media->formats = line.formats;
    return true;
}

/** Take what a line says into the description. */
static bool take_line(struct sdp_block *block, const sip_sdp_line *line)
{
    switch (line->type) {
    case 'o':
        return add_origin(block, line->value);
    case 's':
        block->sdp.session_name = line->value;
        return block->sdp.n_media == 0;
    case 't':
        block->has_time = true;
        return true;
    case 'c':
        return add_connection(block, line->value);
    case 'm':
        return add_media(block, line->value);
    case 'a':
        return add_attribute(block, line->value);
    default:
        return true;
    }
}

/** Add a line; the rule that it breaks, or NULL. */
static const char *add_line(struct sdp_block *block, const sip_sdp_line *line,
                            const char **ret_section)
{
    const char *rule;

    sip__sdp_rule_of(line->type, &rule, ret_section);
    if (block->rules == SIP_SDP_STRICT && !sip__sdp_order_step(&block->order, line->type)) {
        *ret_section = "RFC 8866 5";
        return "order of lines";
    }
    if ((block->rules == SIP_SDP_STRICT && !sip__sdp_value_is_strict(line)) ||
        !take_line(block, line)) {
        return rule;
    }
    block->lines[block->n_lines++] = *line;
    if (block->sdp.n_media > 0) {
        open_media(block)->n_lines++;
    } else {
        block->sdp.n_lines++;
    }
    return NULL;
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

/** Whoever names 0.0.0.0, or the same of IPv6, receives nothing there, as RFC 2543 held calls; with
 * ICE, which a bundle tells of in its first section alone, it only says that the address is not
 * known yet. */
static bool names_no_address(const sip_sdp *sdp, const sip_sdp_media *media)
{
    static const uint8_t zero[16] = {0};
    sip_addr addr;

    return sip_addr_parse(media->connection, 0, &addr) == 0 &&
           memcmp(addr.ip, zero, sizeof zero) == 0 &&
           sip__path_attribute(sdp, media, "ice-ufrag") == NULL;
}

/** Set what a media section takes from the session. Gives the first section without an address (RFC
 * 8866 5.7), or NULL. */
static const sip_sdp_media *settle_media(struct sdp_block *block)
{
    sip_sdp_direction session = SIP_SDP_SENDRECV;

    find_direction(block->sdp.attributes, block->sdp.n_attributes, &session);
    for (size_t i = 0; i < block->sdp.n_media; i++) {
        sip_sdp_media *media = &block->media[i];

        if (media->connection.len == 0) {
            media->connection = block->sdp.connection;
        }
        if (media->connection.len == 0 && (media->port != 0 || block->rules == SIP_SDP_STRICT)) {
            return media;
        }
        media->direction = session;
        find_direction(media->attributes, media->n_attributes, &media->direction);
        if (names_no_address(&block->sdp, media)) {
            media->direction = sip_sdp_held_direction(media->direction);
        }
    }
    return NULL;
}

/** Check what a whole description must have. */
static int check_whole(struct sdp_block *block, sip_sdp_error *error)
{
    sip_sdp *sdp = &block->sdp;
    const sip_sdp_media *homeless;
    const bool strict = block->rules == SIP_SDP_STRICT;

    if (sdp->origin_address.len == 0) {
        tell(error, sdp->text, NULL, "origin-field", "RFC 8866 5.2");
        return SIP_ESYNTAX;
    }
    if (strict && sdp->session_name.ptr == NULL) {
        tell(error, sdp->text, NULL, "session-name-field", "RFC 8866 5.3");
        return SIP_ESYNTAX;
    }
    if (strict && !block->has_time) {
        tell(error, sdp->text, NULL, "time-field", "RFC 8866 5.9");
        return SIP_ESYNTAX;
    }
    homeless = settle_media(block);
    if (homeless != NULL) {
        tell(error, sdp->text, homeless->type.ptr - 2, "connection-field", "RFC 8866 5.7");
        return SIP_ESYNTAX;
    }
    return 0;
}

static int fill(struct sdp_block *block, sip_sdp_error *error)
{
    struct sip__sdp_reader reader = {.rest = block->sdp.text, .rules = block->rules};
    const char *section;
    sip_sdp_line line;
    int err = sip__sdp_line_next(&reader, &line);

    if (err != 1 || line.type != 'v' || !sip_str_equal(sip_str_trim(line.value), "0")) {
        tell(error, block->sdp.text, err == 1 ? line.value.ptr - 2 : reader.bad, "proto-version",
             "RFC 8866 5.1");
        return SIP_ESYNTAX;
    }
    do {
        const char *rule = add_line(block, &line, &section);

        if (rule != NULL) {
            tell(error, block->sdp.text, line.value.ptr - 2, rule, section);
            return SIP_ESYNTAX;
        }
    } while ((err = sip__sdp_line_next(&reader, &line)) == 1);
    if (err != 0) {
        tell(error, block->sdp.text, reader.bad, "line", "RFC 8866 5");
        return err;
    }
    return check_whole(block, error);
}

/** Count what has to be allocated for. Says nothing of soundness. */
static int count_lines(sip_str text, struct counts *counts, sip_sdp_error *error)
{
    struct sip__sdp_reader reader = {.rest = text};
    sip_sdp_line line;

    while (sip__sdp_line_next(&reader, &line) == 1) {
        counts->lines++;
        counts->media += line.type == 'm';
        counts->attributes += line.type == 'a';
        if (counts->media > MAX_MEDIA || counts->attributes > MAX_ATTRIBUTES ||
            counts->lines > MAX_LINES) {
            tell(error, text, line.value.ptr - 2, "number of lines", "RFC 8866 5");
            return SIP_ETOOBIG;
        }
    }
    return 0;
}

static struct sdp_block *make_block(const sip_allocator *allocator, sip_str text,
                                    const struct counts *counts)
{
    struct sdp_block *block =
        sip_alloc0(allocator, sizeof *block + counts->media * sizeof(sip_sdp_media) +
                                  counts->lines * sizeof(sip_sdp_line) +
                                  counts->attributes * sizeof(sip_sdp_attribute) + text.len);
    char *copy;

    if (block == NULL) {
        return NULL;
    }
    block->media = (sip_sdp_media *)(void *)(block + 1);
    block->lines = (sip_sdp_line *)(void *)(block->media + counts->media);
    block->attributes = (sip_sdp_attribute *)(void *)(block->lines + counts->lines);
    copy = (char *)(block->attributes + counts->attributes);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    block->sdp.text = (sip_str){copy, text.len};
    block->sdp.media = block->media;
    block->sdp.attributes = block->attributes;
    block->sdp.lines = block->lines;
    return block;
}

int sip_sdp_read(const sip_allocator *allocator, sip_str text, sip_sdp_rules rules,
                 sip_sdp **ret_sdp, sip_sdp_error *ret_error)
{
    struct counts counts = {0};
    struct sdp_block *block;
    int err = count_lines(text, &counts, ret_error);

    if (err != 0) {
        return err;
    }
    block = make_block(allocator, text, &counts);
    if (block == NULL) {
        return SIP_ENOMEM;
    }
    block->rules = rules;
    err = fill(block, ret_error);
    if (err != 0) {
        sip_free(allocator, block);
        return err;
    }
    *ret_sdp = &block->sdp;
    return 0;
}

int sip_sdp_parse(const sip_allocator *allocator, sip_str text, sip_sdp **ret_sdp)
{
    return sip_sdp_read(allocator, text, SIP_SDP_LENIENT, ret_sdp, NULL);
}
