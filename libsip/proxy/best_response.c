#include "proxy/best_response.h"

/* Smaller is better. Any 6xx wins, then the lowest class; in 4xx what the caller can mend comes
 * first, and what says nothing but that a branch was given up comes last; in 5xx a 503 comes last,
 * since it may not be passed on as it is. */
static int rank(int status)
{
    static const int mendable[] = {401, 407, 415, 420, 484};

    if (status >= 600) {
        return 0;
    }
    for (size_t i = 0; i < sizeof mendable / sizeof *mendable; i++) {
        if (status == mendable[i]) {
            return status / 100 * 10;
        }
    }
    if (status == 487 || status == 503) {
        return status / 100 * 10 + 2;
    }
    return status / 100 * 10 + (status == 408 ? 3 : 1);
}

size_t sip__best_response(const sip__candidate *candidates, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++) {
        int by = best == n ? -1 : rank(candidates[i].status) - rank(candidates[best].status);

        if (by < 0 || (by == 0 && candidates[best].msg == NULL && candidates[i].msg != NULL)) {
            best = i;
        }
    }
    return best;
}

static sip_edit *begin(const sip_msg *response)
{
    sip_edit *edit = sip_edit_create(response);

    sip_edit_remove_values(edit, SIP_HEADER_VIA, 1);
    return edit;
}

int sip__response_passed_on(const sip_msg *response, sip_msg **ret_msg)
{
    return sip_edit_finish(begin(response), ret_msg);
}

static bool is_challenge(int status)
{
    return status == 401 || status == 407;
}

static void add_challenges(sip_edit *edit, const sip_msg *from, sip_header_id id)
{
    sip_str value;

    for (size_t i = 0; (value = sip_msg_value(from, id, i)).ptr != NULL; i++) {
        sip_edit_append(edit, id, value);
    }
}

int sip__best_response_print(const sip__candidate *candidates, size_t n, size_t best,
                             sip_msg **ret_msg)
{
    sip_edit *edit = begin(candidates[best].msg);

    for (size_t i = 0; i < n && is_challenge(candidates[best].status); i++) {
        if (i != best && candidates[i].msg != NULL && is_challenge(candidates[i].status)) {
            add_challenges(edit, candidates[i].msg, SIP_HEADER_WWW_AUTHENTICATE);
            add_challenges(edit, candidates[i].msg, SIP_HEADER_PROXY_AUTHENTICATE);
        }
    }
    return sip_edit_finish(edit, ret_msg);
}
