#include "support/guard_str.h"

#include <sip/negotiate.h>

#include "support/fail_alloc.h"
#include "support/oa_peer.h"

#define N_SEEDS 3000
#define N_ROUNDS 6

/* Whatever two sides can do and change, each answer fits its offer, and both sides read the same
 * from the two. */
static void test_both_sides_agree(void **state)
{
    size_t taken = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
        oa_peer a, b;

        oa_peer_init(&a, seed * 2);
        oa_peer_init(&b, seed * 2 + 1);
        for (size_t i = 0; i < N_ROUNDS; i++) {
            const bool swapped = (seed >> (i % 8) & 1) != 0;
            const char *wrong = oa_peer_round(swapped ? &b : &a, swapped ? &a : &b);

            if (wrong != NULL) {
                fail_msg("seed %u, round %zu: %s", (unsigned)seed, i, wrong);
            }
            taken += a.last->n_taken;
            oa_peer_change(&a);
            oa_peer_change(&b);
        }
        oa_peer_finish(&a);
        oa_peer_finish(&b);
    }
    assert_true(taken > N_SEEDS);
}

static const char *const avp[] = {"RTP/AVP", NULL};
static const sip_oa_codec codecs[] = {
    {.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
    {.encoding = "telephone-event", .clock_hz = 8000, .payload = 101, .fmtp = "0-15"},
};
static const sip_oa_stream audio = {
    .type = "audio", .protocols = avp, .codecs = codecs, .n_codecs = 2, .port = 4000};
static const sip_oa_capabilities capabilities = {
    .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = &audio, .n_streams = 1};

static void test_offer_is_written_so(void **state)
{
    sip_oa_result *result = NULL;

    (void)state;
    assert_int_equal(sip_oa_offer(NULL, &capabilities, NULL, &result), 0);
    assert_str(result->local->text,
               "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
               "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
               "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n");
    assert_int_equal(result->streams[0].refusal, SIP_OA_PENDING);
    assert_null(result->remote);
    assert_true(result->offered);
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(NULL);
}

static void test_unsound_capabilities(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const savp[] = {"RTP/SAVP", NULL};
    static const char *const dtls[] = {"UDP/TLS/RTP/SAVP", NULL};
    static const sip_oa_codec nameless = {.clock_hz = 8000};
    const sip_oa_stream streams[] = {
        {.protocols = avp, .codecs = codecs, .n_codecs = 1, .port = 1},
        {.type = "audio", .codecs = codecs, .n_codecs = 1, .port = 1},
        {.type = "audio", .protocols = none, .codecs = codecs, .n_codecs = 1, .port = 1},
        {.type = "audio", .protocols = avp, .port = 1},
        {.type = "audio", .protocols = avp, .codecs = &nameless, .n_codecs = 1, .port = 1},
        {.type = "audio", .protocols = savp, .codecs = codecs, .n_codecs = 1, .port = 1},
        {.type = "audio", .protocols = dtls, .codecs = codecs, .n_codecs = 1, .port = 1},
    };
    sip_oa_capabilities bad = capabilities;
    sip_oa_result *result = NULL;
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(sip_oa_offer(NULL, NULL, NULL, &result), SIP_EINVAL);
    assert_int_equal(sip_oa_answer(NULL, &capabilities, NULL, NULL, &result), SIP_EINVAL);
    assert_int_equal(sip_oa_process(NULL, &capabilities, NULL, NULL, &result, NULL), SIP_EINVAL);
    bad.address = NULL;
    assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    bad.address = "h";
    bad.version = "x";
    assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    bad.version = "1";
    bad.session_id = "";
    assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    bad.session_id = "1";
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        bad.streams = &streams[i];
        assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    }
    /* Line ends in what an application gives make no lines of their own. */
    bad.streams = &audio;
    bad.user = "x\r\na=b";
    assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    bad.user = "x y";
    assert_int_equal(sip_oa_offer(NULL, &bad, NULL, &result), SIP_EINVAL);
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR("v=0\no=- 1 1 IN IP4 h\ns=-\nc=IN IP4 h\n"), &sdp),
                     0);
    bad.streams = &streams[0];
    assert_int_equal(sip_oa_answer(NULL, &bad, sdp, NULL, &result), SIP_EINVAL);
    assert_null(result);
    sip_free(NULL, sdp);
}

static void test_too_many_streams(void **state)
{
    static sip_oa_stream streams[65];
    sip_oa_capabilities many = capabilities;
    sip_oa_result *result = NULL;

    (void)state;
    for (size_t i = 0; i < 65; i++) {
        streams[i] = audio;
    }
    many.streams = streams;
    many.n_streams = 64;
    assert_int_equal(sip_oa_offer(NULL, &many, NULL, &result), 0);
    sip_oa_result_destroy(result);
    result = NULL;
    many.n_streams = 65;
    assert_int_equal(sip_oa_offer(NULL, &many, NULL, &result), SIP_ETOOBIG);
    assert_null(result);
}

static void test_refusals_have_names(void **state)
{
    (void)state;
    for (int i = SIP_OA_TAKEN; i <= SIP_OA_NOT_BUNDLED; i++) {
        assert_true(strlen(sip_oa_refusal_text((sip_oa_refusal)i)) > 0);
    }
}

/* A round on both sides with an allocator whose n-th call fails. */
static int run_round(const sip_allocator *allocator)
{
    sip_oa_result *offer = NULL, *answer = NULL, *result = NULL;
    int err = sip_oa_offer(allocator, &capabilities, NULL, &offer);

    if (err == 0) {
        err = sip_oa_answer(allocator, &capabilities, offer->local, NULL, &answer);
    }
    if (err == 0) {
        err = sip_oa_process(allocator, &capabilities, offer, answer->local, &result, NULL);
    }
    if (err == 0) {
        assert_int_equal(result->n_taken, 1);
    }
    sip_oa_result_destroy(offer);
    offer = NULL;
    if (err == 0) {
        err = sip_oa_offer(allocator, &capabilities, result, &offer);
    }
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(result);
    return err;
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        int err;

        fail_alloc_init(&fail, ++n);
        err = run_round(&fail.allocator);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_sides_agree),     cmocka_unit_test(test_offer_is_written_so),
        cmocka_unit_test(test_unsound_capabilities), cmocka_unit_test(test_too_many_streams),
        cmocka_unit_test(test_refusals_have_names),  cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
