#include "sim/world/wire_fields.h"

#include <string.h>

uint64_t wire_mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6))) * UINT64_C(0xd1342543de82ef95);

    return h ^ (h >> 29);
}

uint64_t wire_hash(sip_str text)
{
    uint64_t h = text.len * UINT64_C(0x9e3779b97f4a7c15) + 1;
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;

        memcpy(&word, text.ptr + i, sizeof word);
        h = wire_mix(h, word);
    }
    for (; i < text.len; i++) {
        h = wire_mix(h, (unsigned char)text.ptr[i]);
    }
    return h | 1;
}

static bool starts(sip_str text, const char *with)
{
    size_t len = strlen(with);

    return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

static sip_str cut_at(sip_str text, char end)
{
    const char *at = text.len > 0 ? memchr(text.ptr, end, text.len) : NULL;

    return at == NULL ? text : (sip_str){text.ptr, (size_t)(at - text.ptr)};
}

static sip_str behind(sip_str text, size_t n)
{
    return n >= text.len ? (sip_str){NULL, 0} : (sip_str){text.ptr + n, text.len - n};
}

/* The value of ";NAME=" in a header, empty without one. Quoted strings with that inside do not
 * occur in these worlds. */
static sip_str param(sip_str text, const char *name)
{
    size_t len = strlen(name);

    for (sip_str rest = text; rest.len >= len; rest = behind(rest, 1)) {
        const char *at = memchr(rest.ptr, ';', rest.len);

        if (at == NULL) {
            break;
        }
        rest = behind(rest, (size_t)(at - rest.ptr));
        if (starts(rest, name)) {
            return cut_at(cut_at(behind(rest, len), ';'), '>');
        }
    }
    return (sip_str){NULL, 0};
}

static uint32_t number(sip_str text)
{
    uint32_t value = 0;

    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
        value = value * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return value;
}

static wire_method method_of(sip_str text)
{
    if (sip_str_equal(text, "INVITE")) {
        return WIRE_INVITE;
    }
    if (sip_str_equal(text, "ACK")) {
        return WIRE_ACK;
    }
    return sip_str_equal(text, "CANCEL") ? WIRE_CANCEL : WIRE_OTHER;
}

static void read_via(sip_str value, wire_fields *out)
{
    sip_str branch = param(value, ";branch=");
    sip_str head = cut_at(value, ';');

    out->vias++;
    if (out->vias == 1) {
        out->has_cookie = starts(branch, "z9hG4bK");
        out->branch = out->has_cookie ? wire_hash(branch) : wire_hash(head);
        out->sent_by = wire_hash(behind(head, cut_at(head, ' ').len));
    } else if (out->vias == 2) {
        out->next_branch = starts(branch, "z9hG4bK") ? wire_hash(branch) : wire_hash(head);
    }
}

static void read_header(sip_str line, wire_fields *out)
{
    sip_str name = cut_at(line, ':');
    sip_str value;

    if (name.len > 12 || memchr("VCFTMR", line.ptr[0], 6) == NULL) {
        return;
    }
    value = sip_str_trim(behind(line, name.len + 1));
    if (sip_str_equal(name, "Via")) {
        read_via(value, out);
    } else if (sip_str_equal(name, "Call-ID")) {
        out->call = wire_hash(value);
    } else if (sip_str_equal(name, "From")) {
        out->from = wire_hash(value);
    } else if (sip_str_equal(name, "To")) {
        sip_str tag = param(value, ";tag=");

        out->to = wire_hash(value);
        out->to_tag = tag.len > 0 ? wire_hash(tag) : 0;
    } else if (sip_str_equal(name, "CSeq")) {
        out->cseq = number(value);
        out->method = method_of(sip_str_trim(behind(value, cut_at(value, ' ').len)));
    } else if (sip_str_equal(name, "Max-Forwards")) {
        out->max_forwards = number(value);
    } else if (sip_str_equal(name, "Retry-After")) {
        out->busy = true;
    }
}

static bool read_start(sip_str line, wire_fields *out)
{
    sip_str first = cut_at(line, ' ');
    sip_str rest = behind(line, first.len + 1);

    if (starts(line, "SIP/2.0 ")) {
        out->status = (int)number(rest);
        return out->status >= 100 && out->status <= 699;
    }
    out->is_request = true;
    out->uri = wire_hash(cut_at(rest, ' '));
    return first.len > 0 && first.len < line.len;
}

bool wire_fields_read(sip_str bytes, wire_fields *out)
{
    sip_str rest = bytes;
    sip_str line = cut_at(rest, '\r');

    memset(out, 0, sizeof *out);
    if (line.len < 8 || !read_start(line, out)) {
        return false;
    }
    for (rest = behind(rest, line.len + 2); rest.len > 2; rest = behind(rest, line.len + 2)) {
        line = cut_at(rest, '\r');
        if (line.len == 0) {
            break;
        }
        read_header(line, out);
    }
    if (out->vias == 0 || out->call == 0) {
        return false;
    }
    if (!out->has_cookie) {
        out->branch = wire_mix(wire_mix(out->branch, out->call), wire_mix(out->from, out->cseq));
    }
    out->bytes = wire_hash(bytes);
    return true;
}
