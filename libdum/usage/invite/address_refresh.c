#include "usage/invite/address_refresh.h"

#include <stdio.h>
#include <string.h>

#include "handler/emit.h"
#include "usage/invite/invite.h"

#define LOOK_AGAIN_MS 500u
#define MORE_PER_LINE 64u /* an address may be longer than the one before, a version too */

/* ---- the description */

typedef struct rewriting {
    const sip_addr *from;
    char to[SIP_ADDR_TEXT_BYTES]; /* without brackets */
    const char *family;           /* "IP4" */
    bool changed;
    char *out;
    size_t size, used;
} rewriting;

static sip_str next_line(sip_str *rest)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr) + 1;
    sip_str line = {rest->ptr, len};

    rest->ptr += len;
    rest->len -= len;
    return line;
}

static void put(rewriting *it, sip_str text)
{
    if (text.len <= it->size - it->used) {
        memcpy(it->out + it->used, text.ptr, text.len);
        it->used += text.len;
    }
}

static bool is_ours(const rewriting *it, sip_str host)
{
    sip_addr addr;

    return sip_addr_parse(host, 0, &addr) == 0 && sip_addr_same_host(&addr, it->from);
}

/* "c=IN IP4 192.0.2.1" */
static bool put_connection(rewriting *it, sip_str value)
{
    sip_sdp_connection connection;
    char line[SIP_ADDR_TEXT_BYTES + 16];

    if (sip_sdp_connection_parse(value, &connection) != 0 || !is_ours(it, connection.address)) {
        return false;
    }
    (void)snprintf(line, sizeof line, "c=IN %s %s\r\n", it->family, it->to);
    put(it, sip_str_of(line));
    it->changed = true;
    return true;
}

/* One more than a decimal number of any size. */
static void put_next_number(rewriting *it, sip_str number)
{
    size_t at = it->used;
    size_t i = at + number.len;

    put(it, number);
    while (i > at && it->out[i - 1] == '9') {
        it->out[--i] = '0';
    }
    if (i > at) {
        it->out[i - 1]++;
    } else {
        it->used = at;
        put(it, SIP_STR("1"));
        for (i = 0; i < number.len; i++) {
            put(it, SIP_STR("0"));
        }
    }
}

/* The same but for its version (RFC 3264 8), whatever address it names. */
static void put_origin(rewriting *it, const sip_sdp_origin *origin)
{
    put(it, SIP_STR("o="));
    put(it, origin->user);
    put(it, SIP_STR(" "));
    put(it, origin->id);
    put(it, SIP_STR(" "));
    put_next_number(it, origin->version);
    put(it, SIP_STR(" "));
    put(it, origin->net_type);
    put(it, SIP_STR(" "));
    put(it, origin->addr_type);
    put(it, SIP_STR(" "));
    put(it, origin->address);
    put(it, SIP_STR("\r\n"));
}

static void rewrite(rewriting *it, sip_str text, bool with_origin)
{
    sip_sdp_origin origin;

    while (text.len > 0) {
        sip_str line = next_line(&text);
        sip_str value = sip_str_trim(line);
        bool done = false;

        value = value.len > 2 ? (sip_str){value.ptr + 2, value.len - 2} : (sip_str){NULL, 0};
        if (value.len > 0 && line.ptr[0] == 'c') {
            done = put_connection(it, value);
        } else if (with_origin && value.len > 0 && line.ptr[0] == 'o' &&
                   sip_sdp_origin_parse(value, &origin) == 0) {
            put_origin(it, &origin);
            done = true;
        }
        if (!done) {
            put(it, line);
        }
    }
}

static size_t count_lines(sip_str text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == '\n';
    }
    return n;
}

int dum__address_refresh_text(const dum_manager *dum, sip_str text, const sip_addr *from,
                              const sip_addr *to, sip_str *ret_text)
{
    rewriting it = {.from = from, .size = text.len + count_lines(text) * MORE_PER_LINE};
    sip_str host;
    char room[SIP_ADDR_TEXT_BYTES];

    it.out = dum__alloc0(dum, it.size);
    if (it.out == NULL) {
        return SIP_ENOMEM;
    }
    host = sip_str_of(sip_addr_host(to, room));
    if (to->family == SIP_FAMILY_IP6) {
        host = (sip_str){host.ptr + 1, host.len - 2};
    }
    (void)snprintf(it.to, sizeof it.to, SIP_FMT, SIP_ARG(host));
    it.family = to->family == SIP_FAMILY_IP6 ? "IP6" : "IP4";
    rewrite(&it, text, false);
    if (it.changed) {
        it.used = 0;
        rewrite(&it, text, true);
    }
    *ret_text = (sip_str){it.out, it.used};
    return 0;
}

/* ---- the call */

/* The last description again, with the new address where it says the old one. */
static int refresh(dum_invite *inv, const sip_addr *from, const sip_local *now)
{
    const dum_manager *dum = inv->usage.object.dum;
    const sip_addr *to = now->seen.family != SIP_FAMILY_NONE ? &now->seen : &now->addr;
    sip_str text;
    int err;

    if (inv->oa.local.len == 0) {
        return dum__reinvite_send(inv, DUM__RE_ASK, (sip_str){0});
    }
    err = dum__address_refresh_text(dum, inv->oa.local, from, to, &text);
    if (err == 0) {
        err = dum__reinvite_send(inv, DUM__RE_OFFER, text);
        dum__free(dum, (void *)(uintptr_t)text.ptr);
    }
    return err;
}

static bool is_ready(const dum_invite *inv)
{
    return inv->phase == DUM__PHASE_CONNECTED && inv->told_connected &&
           inv->oa.state == DUM__OA_STABLE && inv->re.state == DUM__RE_IDLE;
}

static void look_again(dum_invite *inv)
{
    sip_timer_set(inv->usage.object.dum->worker, &inv->moved.timer, LOOK_AGAIN_MS);
}

static void tell(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    dum__told_address was = inv->moved.told;
    sip_path path = {.protocol = was.protocol, .remote = was.peer};
    const sip_addr *from = was.seen.family != SIP_FAMILY_NONE ? &was.seen : &was.addr;
    sip_local now;
    bool differs = dum__told_address_differs(&was, dum, &now);

    inv->moved.due =
        differs || (inv->moved.unknown && sip_stack_local_for(dum->stack, &path, &now) == 0);
    if (!inv->moved.due) {
        return;
    }
    if (!is_ready(inv)) {
        look_again(inv);
        return;
    }
    if (!differs) {
        from = &now.addr; /* a NAT that was noticed while the call was set up */
    }
    inv->moved.due = false;
    dum__told_address_note(&inv->moved.told, dum, &path);
    dum__emit_invite_address_changed(dum, inv, &now);
    if (dum__invite_is_open(inv) && is_ready(inv) && refresh(inv, from, &now) != 0) {
        inv->moved.told = was; /* there was no memory for it */
        inv->moved.due = true;
        look_again(inv);
        return;
    }
    inv->moved.unknown = false;
}

static void on_timer(void *arg)
{
    dum_invite *inv = arg;

    if (inv->moved.due && dum__invite_is_open(inv)) {
        tell(inv);
    }
}

void dum__address_refresh_note(dum_invite *inv, const sip_msg *msg)
{
    const sip_path *path = sip_msg_source(msg);

    if (inv->moved.told.protocol == SIP_PROTOCOL_NONE && path->protocol != SIP_PROTOCOL_NONE) {
        dum__told_address_note(&inv->moved.told, inv->usage.object.dum, path);
    }
}

void dum__address_refresh_check(dum_invite *inv)
{
    if (!dum__invite_is_open(inv)) {
        return;
    }
    sip_timer_clear(inv->usage.object.dum->worker, &inv->moved.timer);
    sip_timer_init(&inv->moved.timer, on_timer, inv);
    inv->moved.due = true;
    if (inv->moved.told.protocol == SIP_PROTOCOL_NONE) {
        inv->moved.unknown = true;
        look_again(inv);
    } else {
        tell(inv);
    }
}

void dum__address_refresh_stop(dum_invite *inv)
{
    sip_timer_clear(inv->usage.object.dum->worker, &inv->moved.timer);
    inv->moved.due = false;
}
