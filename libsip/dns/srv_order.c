#include "dns/srv_order.h"

#include <string.h>

static bool is_root(const char *target)
{
    return target == NULL || target[0] == '\0' || strcmp(target, ".") == 0;
}

/* By priority; those without weight first, as RFC 2782 has them stand for the draw. */
static bool comes_before(const sip_dns_record *a, const sip_dns_record *b)
{
    if (a->priority != b->priority) {
        return a->priority < b->priority;
    }
    return a->weight == 0 && b->weight != 0;
}

/* Where there is no room for both. */
static bool is_better(const sip_dns_record *a, const sip_dns_record *b)
{
    return a->priority != b->priority ? a->priority < b->priority : a->weight > b->weight;
}

/* Of too many, the one that is missed least: no draw would be likely to come to it. */
static size_t worst_of(const sip_dns_record *const *records, size_t n)
{
    size_t worst = 0;

    for (size_t i = 1; i < n; i++) {
        if (!is_better(records[i], records[worst])) {
            worst = i;
        }
    }
    return worst;
}

static size_t collect(const sip_dns_answer *answer, const sip_dns_record *out[SIP__SRV_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];
        size_t at;

        if (record->type != SIP_DNS_SRV || is_root(record->target)) {
            continue;
        }
        if (n == SIP__SRV_MAX) {
            size_t worst = worst_of(out, n);

            if (!is_better(record, out[worst])) {
                continue;
            }
            n--;
            memmove(&out[worst], &out[worst + 1], (n - worst) * sizeof(out[0]));
        }
        for (at = n; at > 0 && comes_before(record, out[at - 1]); at--) {
            out[at] = out[at - 1];
        }
        out[at] = record;
        n++;
    }
    return n;
}

/* One of the first `n`, all of one priority, by the running sum of weights. */
static size_t draw(const sip_dns_record *const *records, size_t n, const sip_random *random)
{
    uint32_t sum = 0;
    uint32_t drawn;
    size_t i;

    for (i = 0; i < n; i++) {
        sum += records[i]->weight;
    }
    drawn = sip_random_below(random, sum + 1);
    for (i = 0; i + 1 < n && records[i]->weight < drawn; i++) {
        drawn -= records[i]->weight;
    }
    return i;
}

size_t sip__srv_order(const sip_dns_answer *answer, const sip_random *random,
                      const sip_dns_record *out[SIP__SRV_MAX])
{
    size_t n = collect(answer, out);

    for (size_t i = 0; i < n; i++) {
        const sip_dns_record *chosen;
        size_t same = 1;
        size_t at;

        while (i + same < n && out[i + same]->priority == out[i]->priority) {
            same++;
        }
        if (same == 1) {
            continue; /* no draw: what is random elsewhere does not depend on this record */
        }
        at = i + draw(out + i, same, random);
        chosen = out[at];
        memmove(&out[i + 1], &out[i], (at - i) * sizeof(out[0]));
        out[i] = chosen;
    }
    return n;
}

bool sip__srv_is_refusal(const sip_dns_answer *answer)
{
    for (size_t i = 0; i < answer->n_records; i++) {
        if (answer->records[i].type != SIP_DNS_SRV || !is_root(answer->records[i].target)) {
            return false;
        }
    }
    return answer->err == 0 && answer->n_records > 0;
}
