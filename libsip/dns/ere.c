#include "dns/ere.h"

#include <string.h>

/* One match under way: the ways that are at `at` of the text. */
typedef struct run {
    sip__ere *ere;
    sip_str text;
    size_t at;
    sip__ere_ways *ways; /* where new ways go */
    uint32_t turn;
} run;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool fits(const sip__ere *ere, const sip__ere_step *step, char c)
{
    unsigned byte = (unsigned char)c;

    if (step->op == SIP__ERE_CHAR) {
        return c == (char)step->arg || (ere->fold && lower(c) == lower((char)step->arg));
    }
    if (step->op == SIP__ERE_SET) {
        return (ere->sets[step->arg][byte / 8] >> byte % 8 & 1) != 0;
    }
    return step->op == SIP__ERE_ANY;
}

/* Go from a step to all those that read a byte (or match), by what reads none. Each step is reached
 * once a turn, which bounds the depth too. */
static void follow(run *r, size_t at, sip__ere_span *groups)
{
    const sip__ere_step *step = &r->ere->steps[at];
    sip__ere_way *way;
    sip__ere_span kept;

    if (r->ere->seen[at] == r->turn) {
        return;
    }
    r->ere->seen[at] = r->turn;
    switch (step->op) {
    case SIP__ERE_JUMP:
        follow(r, (size_t)((ptrdiff_t)at + step->go), groups);
        return;
    case SIP__ERE_SPLIT:
        follow(r, (size_t)((ptrdiff_t)at + step->go), groups);
        follow(r, (size_t)((ptrdiff_t)at + step->or_go), groups);
        return;
    case SIP__ERE_BEGIN:
    case SIP__ERE_END:
        if (r->at == (step->op == SIP__ERE_BEGIN ? 0 : r->text.len)) {
            follow(r, at + 1, groups);
        }
        return;
    case SIP__ERE_OPEN:
    case SIP__ERE_CLOSE:
        kept = groups[step->arg];
        if (step->op == SIP__ERE_OPEN) {
            groups[step->arg] = (sip__ere_span){(int16_t)r->at, -1};
        } else {
            groups[step->arg].end = (int16_t)r->at;
        }
        follow(r, at + 1, groups);
        groups[step->arg] = kept;
        return;
    default:
        break;
    }
    way = &r->ways->ways[r->ways->n++];
    way->at = (uint16_t)at;
    memcpy(way->groups, groups, sizeof(way->groups));
}

/* Take one byte on all ways, the preferred ones first. @return true if one of them has matched:
 * those behind it are gone. */
static bool step_on(run *r, const sip__ere_ways *now, sip__ere_span *ret_groups)
{
    for (size_t i = 0; i < now->n; i++) {
        const sip__ere_way *way = &now->ways[i];
        const sip__ere_step *step = &r->ere->steps[way->at];
        sip__ere_span groups[SIP__ERE_GROUPS];

        if (step->op == SIP__ERE_MATCH) {
            memcpy(ret_groups, way->groups, sizeof(way->groups));
            return true;
        }
        if (r->at <= r->text.len && fits(r->ere, step, r->text.ptr[r->at - 1])) {
            memcpy(groups, way->groups, sizeof(groups));
            follow(r, way->at + 1u, groups);
        }
    }
    return false;
}

bool sip__ere_match(sip__ere *ere, sip_str text, sip__ere_span ret_groups[SIP__ERE_GROUPS])
{
    sip__ere_ways *now = &ere->now;
    sip__ere_ways *next = &ere->next;
    bool matched = false;

    if (text.len > SIP__ERE_TEXT_BYTES) {
        return false;
    }
    memset(ere->seen, 0, sizeof(ere->seen));
    now->n = 0;
    for (size_t at = 0; at <= text.len && (now->n > 0 || !matched); at++) {
        sip__ere_span none[SIP__ERE_GROUPS];
        run here = {ere, text, at, now, (uint32_t)at + 1};
        run ahead = {ere, text, at + 1, next, (uint32_t)at + 2};
        sip__ere_ways *done = now;

        memset(none, 0xff, sizeof(none)); /* -1: no part */
        if (!matched) {
            follow(&here, 0, none); /* a match may begin here, if none began before */
        }
        next->n = 0;
        matched = step_on(&ahead, now, ret_groups) || matched;
        now = next;
        next = done;
    }
    return matched;
}
