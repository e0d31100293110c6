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
        check(sip_header_equal(type, value, value));
        printed = print(type, value);
        if (printed != NULL) {
            try_again(type, value, printed);
        }
        free(printed);
    } else {
        check(at <= text.len);
    }
    free(value);
    try_products(text);
    return 0;
}
