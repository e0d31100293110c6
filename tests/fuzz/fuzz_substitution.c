/* The regexp field of a NAPTR record from a stranger, applied to a text: "FIELD\0TEXT". It ends
 * soon, within its room. */
#include "dns/enum.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = memchr(data, 0, size);
    char out[64];
    char *field;
    sip_str text;
    int len;

    if (zero == NULL || size > 600) {
        return 0;
    }
    field = malloc((size_t)(zero - data) + 1); /* of exact size, for the sanitizer */
    check(field != NULL);
    memcpy(field, data, (size_t)(zero - data) + 1);
    text = (sip_str){(const char *)zero + 1, size - (size_t)(zero - data) - 1};
    len = sip__enum_substitute(NULL, field, text, out, sizeof(out));
    check(len < (int)sizeof(out));
    check(len < 0 || out[len] == '\0');
    free(field);
    return 0;
}
