#include <sip/multipart.h>

#include "body/multipart_delimiter.h"
#include "body/transfer_encoding.h"
#include "parser/cursor.h"

#include <string.h>

static void put_id(sip__body_out *out, sip_str id)
{
    if (!sip__body_is_one_line(id)) {
        out->err = SIP_EINVAL;
    }
    sip__body_put(out, SIP_STR("Content-ID: <"));
    sip__body_put(out, id);
    sip__body_put(out, SIP_STR(">\r\n"));
}

static void put_part(sip__body_out *out, const sip_part *part)
{
    const sip_body *body = &part->body;
    const bool is_encoded =
        part->encoding == SIP_TRANSFER_BASE64 || part->encoding == SIP_TRANSFER_QUOTED_PRINTABLE;
    sip_str type = sip_str_trim(body->type);

    if (type.len == 0 && body->codec != NULL) {
        type = sip_str_of(body->codec->type);
    }
    if (type.len > 0) {
        sip__body_put_header(out, SIP_STR("Content-Type"), type);
    }
    if (body->disposition.len > 0) {
        sip__body_put_header(out, SIP_STR("Content-Disposition"), sip_str_trim(body->disposition));
    }
    if (part->id.len > 0) {
        put_id(out, part->id);
    }
    if (is_encoded) {
        sip__body_put_header(out, SIP_STR("Content-Transfer-Encoding"),
                             part->encoding == SIP_TRANSFER_BASE64 ? SIP_STR("base64")
                                                                   : SIP_STR("quoted-printable"));
    }
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        sip__body_put_header(out, sip_str_of(header->name), sip_str_of(header->value));
    }
    sip__body_put(out, SIP_STR("\r\n"));
    if (is_encoded && body->codec != NULL) {
        out->err = SIP_EINVAL;
    } else if (is_encoded) {
        sip__transfer_put(out, part->encoding, body->data);
    } else {
        sip__body_put_data(out, body);
    }
}

int sip_part_print(const sip_part *part, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (part == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    put_part(&text, part);
    return sip__body_out_end(&text);
}

static void put_boundary(sip__body_out *out, sip_str boundary, const char *end)
{
    sip__body_put(out, SIP_STR("--"));
    sip__body_put(out, boundary);
    sip__body_put(out, sip_str_of(end));
}

static size_t count_delimiters(sip_str text, sip_str boundary)
{
    sip__delimiter delimiter = {.after = 0};
    size_t count = 0;

    while (sip__delimiter_find(text, delimiter.after, boundary, &delimiter)) {
        count++;
    }
    return count;
}

int sip_multipart_print(const sip_multipart *multipart, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (multipart == NULL || (out == NULL && size > 0) || multipart->n_parts == 0 ||
        multipart->parts == NULL || !sip__boundary_is_sound(multipart->boundary)) {
        return SIP_EINVAL;
    }
    if (multipart->preamble.len > 0) {
        sip__body_put(&text, multipart->preamble);
        sip__body_put(&text, SIP_STR("\r\n"));
    }
    for (size_t i = 0; i < multipart->n_parts; i++) {
        put_boundary(&text, multipart->boundary, "\r\n");
        put_part(&text, &multipart->parts[i]);
        sip__body_put(&text, SIP_STR("\r\n"));
    }
    put_boundary(&text, multipart->boundary, "--\r\n");
    if (text.err == 0 && text.len < size &&
        count_delimiters((sip_str){out, text.len}, multipart->boundary) != multipart->n_parts + 1) {
        text.err = SIP_EINVAL;
    }
    sip__body_put(&text, multipart->epilogue);
    return sip__body_out_end(&text);
}

#define BOUNDARY_BYTES 24
#define TRIES 8

static void make_boundary(const sip_random *random, char out[BOUNDARY_BYTES])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char bytes[BOUNDARY_BYTES];

    sip_random_fill(random, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        out[i] = letters[bytes[i] % 32];
    }
}

static int print_type(const sip_multipart_config *config, sip_str boundary, char *out, size_t size)
{
    const sip_str params = sip_str_of(config->params);
    sip__body_out text = {.at = out, .size = size};

    if (!sip__is_token(sip_str_of(config->subtype)) || !sip__body_is_one_line(params)) {
        return SIP_EINVAL;
    }
    sip__body_put(&text, SIP_STR("multipart/"));
    sip__body_put(&text, sip_str_of(config->subtype));
    sip__body_put(&text, SIP_STR(";boundary="));
    sip__body_put(&text, boundary);
    if (params.len > 0) {
        sip__body_put(&text, SIP_STR(";"));
        sip__body_put(&text, params);
    }
    return sip__body_out_end(&text);
}

int sip_multipart_create(const sip_allocator *allocator, const sip_multipart_config *config,
                         sip_body **ret_body)
{
    char boundary[BOUNDARY_BYTES];
    sip_multipart multipart = {.boundary = {boundary, BOUNDARY_BYTES}};
    int type_len, len, printed;
    sip_body *body;
    char *text;

    if (config == NULL || ret_body == NULL) {
        return SIP_EINVAL;
    }
    make_boundary(config->random, boundary);
    multipart.parts = config->parts;
    multipart.n_parts = config->n_parts;
    type_len = print_type(config, multipart.boundary, NULL, 0);
    len = type_len < 0 ? type_len : sip_multipart_print(&multipart, NULL, 0);
    if (len < 0) {
        return len;
    }
    body = sip_alloc0(allocator, sizeof(*body) + (size_t)type_len + 1 + (size_t)len + 1);
    if (body == NULL) {
        return SIP_ENOMEM;
    }
    text = (char *)(body + 1) + type_len + 1;
    printed = sip_multipart_print(&multipart, text, (size_t)len + 1);
    for (int i = 1; i < TRIES && printed == SIP_EINVAL; i++) {
        make_boundary(config->random, boundary);
        printed = sip_multipart_print(&multipart, text, (size_t)len + 1);
    }
    if (printed != len) {
        sip_free(allocator, body);
        return printed < 0 ? printed : SIP_EINVAL;
    }
    print_type(config, multipart.boundary, (char *)(body + 1), (size_t)type_len + 1);
    body->type = (sip_str){(char *)(body + 1), (size_t)type_len};
    body->data = (sip_str){text, (size_t)len};
    *ret_body = body;
    return 0;
}
