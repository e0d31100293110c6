#include "body/sdp_print.h"

#include "body/sdp_line.h"

#include <string.h>

void sip__sdp_write(struct sip__sdp_writer *writer, sip_str text)
{
    if (text.len > 0 && writer->len <= writer->size && text.len <= writer->size - writer->len) {
        memcpy(writer->out + writer->len, text.ptr, text.len);
    }
    writer->len += text.len;
}

void sip__sdp_write_line(struct sip__sdp_writer *writer, char type, sip_str value)
{
    const char start[] = {type, '='};

    sip__sdp_write(writer, (sip_str){start, sizeof start});
    sip__sdp_write(writer, value);
    sip__sdp_write(writer, SIP_STR("\r\n"));
}

void sip__sdp_write_successor(struct sip__sdp_writer *writer, sip_str digits)
{
    size_t n_nines = 0;
    char next;

    while (n_nines < digits.len && digits.ptr[digits.len - n_nines - 1] == '9') {
        n_nines++;
    }
    if (n_nines == digits.len) {
        sip__sdp_write(writer, SIP_STR("1"));
    } else {
        next = (char)(digits.ptr[digits.len - n_nines - 1] + 1);
        sip__sdp_write(writer, (sip_str){digits.ptr, digits.len - n_nines - 1});
        sip__sdp_write(writer, (sip_str){&next, 1});
    }
    for (size_t i = 0; i < n_nines; i++) {
        sip__sdp_write(writer, SIP_STR("0"));
    }
}

static void write_lines(struct sip__sdp_writer *writer, const sip_sdp_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sip__sdp_write_line(writer, lines[i].type, lines[i].value);
    }
}

int sip_sdp_print(const sip_sdp *sdp, char *out, size_t size)
{
    struct sip__sdp_writer writer = {out, size, 0};

    if (sdp == NULL) {
        return SIP_EINVAL;
    }
    write_lines(&writer, sdp->lines, sdp->n_lines);
    for (size_t i = 0; i < sdp->n_media; i++) {
        write_lines(&writer, sdp->media[i].lines, sdp->media[i].n_lines);
    }
    return writer.len <= INT32_MAX ? (int)writer.len : SIP_ETOOBIG;
}

static int print_object(const void *object, char *out, size_t size)
{
    return sip_sdp_print(object, out, size);
}

static int parse_object(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    sip_sdp *sdp;
    int err = sip_sdp_parse(allocator, text, &sdp);

    if (err == 0) {
        *ret_object = sdp;
    }
    return err;
}

const sip_body_type sip_sdp_type = {
    .codec = {"application/sdp", print_object}, .parse = parse_object, .free = sip_free};

sip_body sip_sdp_body(const sip_sdp *sdp)
{
    return (sip_body){
        .type = SIP_STR("application/sdp"), .codec = &sip_sdp_type.codec, .object = sdp};
}

static bool same_lines(const sip_sdp_line *a, size_t n_a, const sip_sdp_line *b, size_t n_b)
{
    if (n_a != n_b) {
        return false;
    }
    for (size_t i = 0; i < n_a; i++) {
        if (a[i].type != b[i].type || !sip_str_same(a[i].value, b[i].value)) {
            return false;
        }
    }
    return true;
}

bool sip_sdp_equal(const sip_sdp *a, const sip_sdp *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    if (a->n_media != b->n_media || !same_lines(a->lines, a->n_lines, b->lines, b->n_lines)) {
        return false;
    }
    for (size_t i = 0; i < a->n_media; i++) {
        if (!same_lines(a->media[i].lines, a->media[i].n_lines, b->media[i].lines,
                        b->media[i].n_lines)) {
            return false;
        }
    }
    return true;
}
