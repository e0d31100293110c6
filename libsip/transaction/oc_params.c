#include "transaction/oc_params.h"

#include <sip/header_type.h>
#include <stdio.h>
#include <string.h>

#define FRACTION 100000u
#define MOST_MS 3600000u

/* At most `most`; false if it is no number. */
static bool read_number(sip_str text, uint64_t most, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
        value = value < most ? value : most;
    }
    *ret_value = value;
    return text.len > 0;
}

/* 1*12DIGIT "." 1*5DIGIT: the digits behind the point count as of a fraction. */
static uint64_t read_seq(sip_str text)
{
    const char *point = text.len > 0 ? memchr(text.ptr, '.', text.len) : NULL;
    uint64_t whole, fraction;
    size_t digits, front;

    if (point == NULL) {
        return 0;
    }
    front = (size_t)(point - text.ptr);
    digits = text.len - front - 1;
    if (front > 12 || digits > 5 || !read_number((sip_str){text.ptr, front}, UINT64_MAX, &whole) ||
        !read_number((sip_str){point + 1, digits}, FRACTION, &fraction)) {
        return 0;
    }
    for (; digits < 5; digits++) {
        fraction *= 10;
    }
    return whole * FRACTION + fraction;
}

static void read_algorithms(sip_str text, sip__oc *oc)
{
    text = sip_str_trim(text);
    while (text.len > 0) {
        const char *comma = memchr(text.ptr, ',', text.len);
        size_t len = comma != NULL ? (size_t)(comma - text.ptr) : text.len;
        sip_str name = sip_str_trim((sip_str){text.ptr, len});

        oc->loss = oc->loss || sip_str_equal_nocase(name, "loss");
        oc->rate = oc->rate || sip_str_equal_nocase(name, "rate");
        len += comma != NULL ? 1 : 0;
        text.ptr += len;
        text.len -= len;
    }
}

static bool is_ours(sip_str name)
{
    return sip_str_equal_nocase(name, "oc") || sip_str_equal_nocase(name, "oc-algo") ||
           sip_str_equal_nocase(name, "oc-validity") || sip_str_equal_nocase(name, "oc-seq");
}

static void read_one(const sip_param *param, sip__oc *oc, bool *found)
{
    uint64_t number = 0;

    if (sip_str_equal_nocase(param->name, "oc")) {
        *found = true;
        oc->has_value = read_number(param->value, UINT32_MAX, &number);
        oc->value = (uint32_t)number;
    } else if (sip_str_equal_nocase(param->name, "oc-algo")) {
        read_algorithms(param->value, oc);
    } else if (sip_str_equal_nocase(param->name, "oc-seq")) {
        oc->seq = read_seq(param->value);
    } else if (sip_str_equal_nocase(param->name, "oc-validity") &&
               read_number(param->value, MOST_MS, &number)) {
        oc->validity_ms = (uint32_t)number;
    }
}

bool sip__oc_read(sip_str params, sip__oc *ret_oc)
{
    sip__oc oc = {.validity_ms = SIP__OC_VALIDITY_MS};
    bool found = false;
    sip_param param;

    while (sip_param_next(&params, &param) == 1) {
        read_one(&param, &oc, &found);
    }
    if (!found) {
        return false;
    }
    oc.loss = oc.loss || !oc.rate;
    *ret_oc = oc;
    return true;
}

sip_str sip__oc_offer(void)
{
    return SIP_STR(";oc;oc-algo=\"loss,rate\"");
}

sip_str sip__oc_print(const sip__oc *oc, char out[SIP__OC_TEXT_BYTES])
{
    int len =
        snprintf(out, SIP__OC_TEXT_BYTES, ";oc=%u;oc-algo=\"%s\";oc-validity=%u;oc-seq=%llu.%05u",
                 (unsigned)oc->value, oc->rate ? "rate" : "loss", (unsigned)oc->validity_ms,
                 (unsigned long long)(oc->seq / FRACTION), (unsigned)(oc->seq % FRACTION));

    return (sip_str){out, (size_t)len};
}

/* Append the parameters that are not ours. */
static size_t copy_params(sip_str params, char *out)
{
    sip_param param;
    size_t len = 0;

    while (sip_param_next(&params, &param) == 1) {
        if (!is_ours(param.name)) {
            out[len++] = ';';
            memcpy(out + len, param.text.ptr, param.text.len);
            len += param.text.len;
        }
    }
    return len;
}

int sip__oc_stamp(const sip_allocator *allocator, sip_str bytes, const sip_via *via, sip_str said,
                  sip_str *ret_bytes)
{
    /* Its parameters end the Via, and begin behind a semicolon. */
    const size_t front = (size_t)(via->params.ptr - bytes.ptr) - 1;
    const size_t behind = front + 1 + via->params.len;
    char *out = sip_alloc(allocator, bytes.len + said.len + 1);
    size_t len = front;

    if (out == NULL) {
        return SIP_ENOMEM;
    }
    memcpy(out, bytes.ptr, front);
    len += copy_params(via->params, out + len);
    memcpy(out + len, said.ptr, said.len);
    len += said.len;
    memcpy(out + len, bytes.ptr + behind, bytes.len - behind);
    *ret_bytes = (sip_str){out, len + bytes.len - behind};
    return 0;
}
