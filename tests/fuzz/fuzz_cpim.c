/* CPIM messages: what was read is printed, and what was printed reads and prints the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/cpim.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char *print(const sip_cpim *cpim, size_t *ret_len)
{
    const int len = sip_cpim_print(cpim, NULL, 0);
    char *text;

    check(len >= 0);
    text = malloc((size_t)len + 1);
    check(text != NULL);
    check(sip_cpim_print(cpim, text, (size_t)len + 1) == len);
    *ret_len = (size_t)len;
    return text;
}

static void look(const sip_cpim *cpim)
{
    const char *const known[] = {"a.b", NULL};
    const sip_body_type *type;
    void *object;

    check(sip_cpim_unknown(cpim, known).len > 0 || cpim->n_require == 0 ||
          sip_str_equal(cpim->require[0], "a.b"));
    for (size_t i = 0; i < cpim->n_headers; i++) {
        char *value = malloc(cpim->headers[i].value.len + 1);

        check(value != NULL);
        check(sip_cpim_unescape(cpim->headers[i].value, value) <= (int)cpim->headers[i].value.len);
        free(value);
    }
    if (sip_body_read(NULL, &cpim->content.body, NULL, &type, &object) == 0) {
        type->free(NULL, object);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sip_cpim *first, *again;
    char *text, *again_text;
    size_t len, again_len;

    if (sip_cpim_parse(NULL, (sip_str){(const char *)data, size}, &first) != 0) {
        return 0;
    }
    look(first);
    text = print(first, &len);
    check(sip_cpim_parse(NULL, (sip_str){text, len}, &again) == 0);
    again_text = print(again, &again_len);
    check(again_len == len && memcmp(text, again_text, len) == 0);
    sip_cpim_free(NULL, first);
    sip_cpim_free(NULL, again);
    free(again_text);
    free(text);
    return 0;
}
