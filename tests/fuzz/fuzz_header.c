/* All typed headers, selected by the first byte: nothing is read beyond the end, and what is read
 * and can be printed reads as an equal value again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/headers.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Print into memory of exactly the length that was asked for. */
static char *print(const sip_header_type *type, const void *value)
{
    const int len = sip_header_print(type, value, NULL, 0);
    char *out = NULL;

    if (len >= 0) {
        out = malloc((size_t)len + 1);
        check(out != NULL && sip_header_print(type, value, out, (size_t)len + 1) == len);
        check(out[len] == '\0' && strlen(out) == (size_t)len);
    }
    return out;
}

static void try_again(const sip_header_type *type, const void *value, const char *text)
{
    void *again = malloc(type->size);

    check(again != NULL && sip_header_parse(type, sip_str_of(text), again, NULL) == 0);
    check(sip_header_equal(type, value, again));
    check(sip_header_equal(type, again, value));
    free(again);
}

/* Without the parameters that came, those with a member are printed from it. What is left may lack
 * something, but what reads is printed and read the same. */
static void try_anew(const sip_header_type *type, const void *value)
{
    const bool has_params = type->shape != NULL && type->shape->params != SIP_NO_MEMBER;
    char *bare = malloc(type->size);
    void *again = malloc(type->size);
    char *printed;

    check(bare != NULL && again != NULL);
    memcpy(bare, value, type->size);
    if (has_params) {
        memset(bare + type->shape->params, 0, sizeof(sip_str));
    }
    printed = has_params ? print(type, bare) : NULL;
    if (printed != NULL && sip_header_parse(type, sip_str_of(printed), again, NULL) == 0) {
        char *printed_again = print(type, again);

        if (printed_again != NULL) {
            try_again(type, again, printed_again);
        }
        free(printed_again);
    }
    free(printed);
    free(again);
    free(bare);
}

/* In the headers of a URI and back. */
static void try_embedded(const sip_header_type *type, const void *value)
{
    const int len = sip_uri_embed(type, value, NULL, 0);
    char *text = malloc(len > 0 ? (size_t)len + 1 : 1);
    char *scratch = malloc(len > 0 ? (size_t)len + 1 : 1);
    void *again = malloc(type->size);
    sip_uri uri = {.text = {NULL, 0}};

    check(text != NULL && scratch != NULL && again != NULL);
    if (len > 0) {
        check(sip_uri_embed(type, value, text, (size_t)len + 1) == len);
        uri.headers = (sip_str){text, (size_t)len};
        check(sip_uri_embedded(&uri, type, 0, scratch, (size_t)len, again) == 0);
        check(sip_header_equal(type, value, again));
        check(sip_uri_embedded(&uri, type, 1, scratch, (size_t)len, again) == SIP_ENOENT);
    }
    free(again);
    free(scratch);
    free(text);
}

static void try_products(sip_str text)
{
    sip_product product;
    size_t left = text.len + 1;

    while (sip_product_next(&text, &product)) {
        check(text.len < left);
        left = text.len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sip_header_type *type;
    sip_str text;
    size_t at = 0;
    void *value;
    char *printed;

    if (size == 0) {
        return 0;
    }
    type = sip_header_type_of((sip_header_id)(data[0] % (SIP_HEADER_COUNT - 1) + 1));
    text = (sip_str){(const char *)data + 1, size - 1};
    value = malloc(type->size);
    check(value != NULL);
    if (sip_header_parse(type, text, value, &at) == 0) {
        check(sip_header_equal(type, value, value) && !sip_header_equal(type, value, NULL));
        printed = print(type, value);
        if (printed != NULL) {
            try_again(type, value, printed);
        }
        free(printed);
        try_anew(type, value);
        try_embedded(type, value);
    } else {
        check(at <= text.len);
    }
    free(value);
    try_products(text);
    return 0;
}
