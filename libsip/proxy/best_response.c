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

static sip_build *begin(const sip_msg *response)
{
    static const sip_header_id via = SIP_HEADER_VIA;
    sip_build *build = sip_build_from(response, (sip_str){NULL, 0});

    sip_build_copy_from(build, response, SIP_HEADER_VIA, 1);
    sip_build_copy_others(build, response, &via, 1);
    return build;
}

int sip__response_passed_on(const sip_msg *response, sip_msg **ret_msg)
{
    sip_build *build = begin(response);

    sip_build_copy_body(build, response);
    return sip_build_finish(build, ret_msg);
}

static bool is_challenge(int status)
{
    return status == 401 || status == 407;
}

int sip__best_response_print(const sip__candidate *candidates, size_t n, size_t best,
                             sip_msg **ret_msg)
{
    sip_build *build = begin(candidates[best].msg);

    for (size_t i = 0; i < n && is_challenge(candidates[best].status); i++) {
        if (i != best && candidates[i].msg != NULL && is_challenge(candidates[i].status)) {
            sip_build_copy(build, candidates[i].msg, SIP_HEADER_WWW_AUTHENTICATE);
            sip_build_copy(build, candidates[i].msg, SIP_HEADER_PROXY_AUTHENTICATE);
        }
    }
    sip_build_copy_body(build, candidates[best].msg);
    return sip_build_finish(build, ret_msg);
}
