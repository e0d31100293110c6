#include <sip/text.h>

#include "body/body_box.h"
#include "body/body_line.h"
#include "body/body_registry.h"

/* How many bytes follow a first byte; 4: it is none. */
static unsigned followers(unsigned char c)
{
    if (c < 0x80) {
        return 0;
    }
    if (c >= 0xc2 && c < 0xe0) {
        return 1;
    }
    if (c >= 0xe0 && c < 0xf0) {
        return 2;
    }
    return c >= 0xf0 && c < 0xf5 ? 3 : 4;
}

/* Second bytes that would make a longer form, a surrogate or a number over 10FFFF. */
static bool is_second_bad(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0:
        return second < 0xa0;
    case 0xed:
        return second > 0x9f;
    case 0xf0:
        return second < 0x90;
    case 0xf4:
        return second > 0x8f;
    default:
        return false;
    }
}

bool sip_text_is_utf8(sip_str text)
{
    const unsigned char *at = (const unsigned char *)text.ptr;

    for (size_t i = 0; i < text.len;) {
        const unsigned more = followers(at[i]);

        if (more > 3 || text.len - i <= more || (more > 0 && is_second_bad(at[i], at[i + 1]))) {
            return false;
        }
        for (unsigned j = 1; j <= more; j++) {
            if ((at[i + j] & 0xc0) != 0x80) {
                return false;
            }
        }
        i += 1 + more;
    }
    return true;
}

static bool convert(sip__arena *arena, sip_str text, sip_str *ret_text)
{
    char *out = sip__arena_alloc(arena, text.len * 2);
    size_t len = 0;

    if (out == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c < 0x80) {
            out[len++] = (char)c;
        } else {
            out[len++] = (char)(0xc0 | c >> 6);
            out[len++] = (char)(0x80 | (c & 0x3f));
        }
    }
    *ret_text = (sip_str){out, len};
    return true;
}

int sip_text_read(const sip_allocator *allocator, const sip_body *body, sip_text **ret_text)
{
    sip_media_type media;
    sip_text *text;

    if (body == NULL || ret_text == NULL) {
        return SIP_EINVAL;
    }
    if (sip__body_media_type(body->type, &media) != 0) {
        return SIP_ESYNTAX;
    }
    text = sip__body_box_create(allocator, sizeof(*text));
    if (text == NULL) {
        return SIP_ENOMEM;
    }
    text->text = body->data;
    text->charset = media.charset;
    if (sip_str_equal_nocase(media.charset, "iso-8859-1")) {
        text->is_utf8 = true;
        if (!convert(sip__body_box_arena(text), body->data, &text->text)) {
            sip_text_free(allocator, text);
            return SIP_ENOMEM;
        }
    } else if (media.charset.len == 0 || sip_str_equal_nocase(media.charset, "utf-8") ||
               sip_str_equal_nocase(media.charset, "us-ascii")) {
        text->is_utf8 = sip_text_is_utf8(body->data);
    }
    *ret_text = text;
    return 0;
}

void sip_text_free(const sip_allocator *allocator, sip_text *text)
{
    sip__body_box_free(allocator, text);
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_text *text;
    int err = sip_text_read(allocator, body, &text);

    (void)registry;
    if (err == 0) {
        *ret_object = text;
    }
    return err;
}

static int print_body(const void *object, char *out, size_t size)
{
    const sip_text *text = object;
    sip__body_out printed = {.at = out, .size = size};

    if (text == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    sip__body_put(&printed, text->text);
    return sip__body_out_end(&printed);
}

const sip_body_type sip_text_type = {
    .codec = {"text/plain", print_body}, .read = read_body, .free = sip__body_box_free};
