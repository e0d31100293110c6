#include "usage/invite/offer_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const sip_str one = SIP_STR_INIT("v=0\r\nm=audio 1 RTP/AVP 0\r\n");
static const sip_str other = SIP_STR_INIT("v=0\r\nm=audio 2 RTP/AVP 0\r\n");
static const sip_str two = SIP_STR_INIT("m=audio 1 RTP/AVP 0\r\nm=audio 2 RTP/AVP 0\r\n");

/* The state that a cell leads to; -1: no effect. */
static int expected(int state, int event, bool agreed)
{
    bool rest = state == DUM__OA_NONE || state == DUM__OA_STABLE;

    if (event == DUM__OA_FAIL) {
        return rest ? -1 : agreed ? DUM__OA_STABLE : DUM__OA_NONE;
    }
    if (rest) {
        return event == DUM__OA_GET_ASK      ? DUM__OA_WANTED
               : event == DUM__OA_SEND_OFFER ? DUM__OA_OFFER_SENT
               : event == DUM__OA_ASK        ? DUM__OA_ASKED
               : event == DUM__OA_GET_OFFER  ? DUM__OA_OFFER_GOT
                                             : -1;
    }
    static const int only[DUM__OA_STATES][2] = {
        [DUM__OA_WANTED] = {DUM__OA_GIVE_OFFER, DUM__OA_OFFER_READY},
        [DUM__OA_OFFER_READY] = {DUM__OA_SEND_OFFER, DUM__OA_OFFER_SENT},
        [DUM__OA_OFFER_SENT] = {DUM__OA_GET_ANSWER, DUM__OA_STABLE},
        [DUM__OA_ASKED] = {DUM__OA_GET_OFFER, DUM__OA_OFFER_GOT},
        [DUM__OA_OFFER_GOT] = {DUM__OA_GIVE_ANSWER, DUM__OA_ANSWER_READY},
        [DUM__OA_ANSWER_READY] = {DUM__OA_SEND_ANSWER, DUM__OA_STABLE},
    };
    return only[state][0] == event ? only[state][1] : -1;
}

static void every_cell(void **state)
{
    (void)state;
    for (int s = 0; s < DUM__OA_STATES; s++) {
        for (int e = 0; e < DUM__OA_EVENTS; e++) {
            for (int agreed = 0; agreed < 2; agreed++) {
                dum__oa_state next = DUM__OA_NONE;
                bool allowed = dum__oa_next((dum__oa_state)s, (dum__oa_event)e, agreed != 0, &next);
                int want = expected(s, e, agreed != 0);

                assert_int_equal(allowed, want >= 0);
                if (allowed) {
                    assert_int_equal(next, want);
                }
            }
        }
    }
}

static void rounds_and_failures(void **state)
{
    dum_manager dum = {.allocator = sip_allocator_default()};
    dum__offer_answer oa = {.state = DUM__OA_NONE};

    (void)state;
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GET_ANSWER, one), SIP_ESTATE);
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_SEND_OFFER, one), 0);
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GET_ANSWER, two), SIP_EINVAL);
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GET_ANSWER, other), 0);
    assert_int_equal(oa.state, DUM__OA_STABLE);
    assert_true(sip_str_same(oa.local, one));
    assert_true(sip_str_same(oa.remote, other));
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GET_OFFER, two), 0);
    assert_false(dum__oa_allows(&oa, DUM__OA_SEND_OFFER));
    dum__oa_step(&oa, &dum, DUM__OA_FAIL);
    assert_int_equal(oa.state, DUM__OA_STABLE);
    assert_true(sip_str_same(oa.remote, other));
    dum__oa_step(&oa, &dum, DUM__OA_GET_ASK);
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GIVE_OFFER, two), 0);
    assert_true(sip_str_same(dum__oa_current_local(&oa), two));
    dum__oa_step(&oa, &dum, DUM__OA_SEND_OFFER);
    assert_int_equal(dum__oa_describe(&oa, &dum, DUM__OA_GET_ANSWER, two), 0);
    assert_true(sip_str_same(oa.local, two));
    dum__oa_finish(&oa, &dum);
    assert_null(oa.local.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell),
        cmocka_unit_test(rounds_and_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
