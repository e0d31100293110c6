#include <sip/uri.h>

#include "parser/uri_text.h"

#define MAX_CHANGES 32

/* The changes that are left to make, a bit each. */
struct change_list {
    const sip_uri_change *changes;
    size_t n;
    uint32_t done;
};

static void put_param(struct sip__uri_out *out, sip_str name, sip_str value)
{
    sip__uri_put_char(out, ';');
    sip__uri_put_escaped(out, name, SIP__URI_PARAM, true);
    if (value.len > 0) {
        sip__uri_put_char(out, '=');
        sip__uri_put_escaped(out, value, SIP__URI_PARAM, false);
    }
}

/* Make the change that names this parameter; false if none does. */
static bool put_changed(struct sip__uri_out *out, struct change_list *list, sip_str name)
{
    for (size_t i = 0; i < list->n; i++) {
        const sip_uri_change *change = &list->changes[i];

        if (!sip__uri_text_same(name, sip_str_of(change->name), true, true)) {
            continue;
        }
        if (change->value != NULL && (list->done >> i & 1) == 0) {
            put_param(out, name, sip_str_of(change->value));
        }
        list->done |= UINT32_C(1) << i;
        return true;
    }
    return false;
}

static void put_params(struct sip__uri_out *out, sip_str params, struct change_list *list)
{
    sip_str name, value;

    while (sip_uri_param_next(&params, &name, &value)) {
        if (!put_changed(out, list, name)) {
            /* As it came: it may have an '=' that must not be escaped. */
            sip__uri_put_char(out, ';');
            sip__uri_put(out, (sip_str){name.ptr, (size_t)(value.ptr - name.ptr) + value.len});
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        const sip_uri_change *change = &list->changes[i];

        if ((list->done >> i & 1) == 0 && change->value != NULL) {
            list->done |= UINT32_C(1) << i;
            put_param(out, sip_str_of(change->name), sip_str_of(change->value));
        }
    }
}

static void put_number(struct sip__uri_out *out, unsigned number)
{
    char digits[5];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && at > 0);
    sip__uri_put(out, (sip_str){digits + at, sizeof digits - at});
}

static void put_sip(struct sip__uri_out *out, const sip_uri *uri, struct change_list *list)
{
    sip__uri_put(out, uri->scheme == SIP_SCHEME_SIPS ? SIP_STR("sips:") : SIP_STR("sip:"));
    sip__uri_put(out, uri->user);
    if (uri->password.ptr != NULL) {
        sip__uri_put_char(out, ':');
        sip__uri_put(out, uri->password);
    }
    if (uri->has_at || uri->user.len > 0 || uri->password.ptr != NULL) {
        sip__uri_put_char(out, '@');
    }
    sip__uri_put(out, uri->host);
    if (uri->port != 0) {
        sip__uri_put_char(out, ':');
        put_number(out, uri->port);
    }
    put_params(out, uri->params, list);
    if (uri->headers.len > 0) {
        sip__uri_put_char(out, '?');
        sip__uri_put(out, uri->headers);
    }
}

int sip_uri_print(const sip_uri *uri, const sip_uri_change *changes, char *out, size_t size)
{
    struct sip__uri_out to = {.out = out, .size = size};
    struct change_list list = {.changes = changes};

    if (uri == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    while (changes != NULL && changes[list.n].name != NULL) {
        if (++list.n > MAX_CHANGES || *changes[list.n - 1].name == '\0') {
            return SIP_EINVAL;
        }
    }
    switch (uri->scheme) {
    case SIP_SCHEME_SIP:
    case SIP_SCHEME_SIPS:
        if (uri->host.len == 0) {
            return SIP_EINVAL;
        }
        put_sip(&to, uri, &list);
        break;
    case SIP_SCHEME_TEL:
        sip__uri_put(&to, SIP_STR("tel:"));
        sip__uri_put(&to, uri->user);
        put_params(&to, uri->params, &list);
        break;
    case SIP_SCHEME_URN:
        sip__uri_put(&to, SIP_STR("urn:"));
        sip__uri_put(&to, uri->user);
        break;
    case SIP_SCHEME_OTHER:
        if (uri->text.len == 0) {
            return SIP_EINVAL;
        }
        sip__uri_put(&to, uri->text);
        break;
    }
    return to.bytes <= INT32_MAX ? (int)to.bytes : SIP_EINVAL;
}
