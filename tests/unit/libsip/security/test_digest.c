#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/digest.h>

#define NONCE_2617 "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define NONCE_7616 "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define CNONCE_7616 "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

typedef struct sample {
    sip_digest_algorithm algorithm;
    const char *username, *realm, *password, *method, *uri, *nonce, *cnonce, *qop, *body, *response;
} sample;

static const sample samples[] = {
    /* RFC 2617 3.5, and the same without qop */
    {SIP_DIGEST_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",
     NONCE_2617, "0a4f113b", "auth", "", "6629fae49393a05397450978507c4ef1"},
    {SIP_DIGEST_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",
     NONCE_2617, "", "", "", "670fd8c2df070c60b045671b8b24ff02"},
    /* RFC 7616 3.9.1 */
    {SIP_DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html",
     NONCE_7616, CNONCE_7616, "auth", "", "8ca523f5e9506fed4657c9700eebdbec"},
    {SIP_DIGEST_SHA256, "Mufasa", "http-auth@example.org", "Circle of Life", "GET",
     "/dir/index.html", NONCE_7616, CNONCE_7616, "auth", "",
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    /* RFC 7616 3.9.2 with erratum 4897 */
    {SIP_DIGEST_SHA512_256, "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org", "Secret, or not?", "GET",
     "/doe.json", "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
     "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "auth", "",
     "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
    /* auth-int, computed with Python's hashlib */
    {SIP_DIGEST_MD5, "bob", "biloxi.com", "zanzibar", "INVITE", "sip:bob@biloxi.com", NONCE_2617,
     "0a4f113b", "auth-int", "v=0\r\n", "77226bb823dc077c1ad3537415667bae"},
    {SIP_DIGEST_SHA256, "bob", "biloxi.com", "zanzibar", "INVITE", "sip:bob@biloxi.com", NONCE_2617,
     "0a4f113b", "auth-int", "v=0\r\n",
     "554a9ffe79ce71c3cb6c9630deddd2787d8033f895e5cdef6a73c8e84ed4c979"},
    {SIP_DIGEST_SHA512_256, "bob", "biloxi.com", "zanzibar", "INVITE", "sip:bob@biloxi.com",
     NONCE_2617, "0a4f113b", "auth-int", "v=0\r\n",
     "e9a7fbc1c80a10421c59a0c982f28d40e0ddc7b62ef3dc4faf68f179c6e05922"},
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static sip_digest_input input_of(const sample *s)
{
    return (sip_digest_input){
        .algorithm = s->algorithm,
        .nonce = sip_str_of(s->nonce),
        .cnonce = sip_str_of(s->cnonce),
        .nc = SIP_STR("00000001"),
        .qop = sip_str_of(s->qop),
        .method = sip_str_of(s->method),
        .uri = sip_str_of(s->uri),
        .body = sip_str_of(s->body),
    };
}

static void responses_are_those_of_the_rfcs(void **state)
{
    char a1[SIP_DIGEST_HEX_BYTES], response[SIP_DIGEST_HEX_BYTES];

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        sip_digest_input input = input_of(s);

        assert_int_equal(sip_digest_a1(s->algorithm, sip_str_of(s->username), sip_str_of(s->realm),
                                       sip_str_of(s->password), a1),
                         0);
        input.a1_hex = sip_str_of(a1);
        assert_int_equal(sip_digest_response(&input, response), 0);
        assert_string_equal(response, s->response);
    }
}

static void a1_is_the_hash_of_its_parts(void **state)
{
    char a1[SIP_DIGEST_HEX_BYTES];

    (void)state;
    assert_int_equal(sip_digest_a1(SIP_DIGEST_MD5, SIP_STR("Mufasa"), SIP_STR("testrealm@host.com"),
                                   SIP_STR("Circle Of Life"), a1),
                     0);
    assert_string_equal(a1, "939e7578ed9e3c518a452acee763bce9");
    assert_int_equal(sip_digest_a1(SIP_DIGEST_NONE, SIP_STR("a"), SIP_STR("b"), SIP_STR("c"), a1),
                     SIP_EINVAL);
}

static void names_and_algorithms_go_both_ways(void **state)
{
    (void)state;
    for (int i = SIP_DIGEST_MD5; i <= SIP_DIGEST_SHA512_256; i++) {
        const char *name = sip_digest_algorithm_name((sip_digest_algorithm)i);

        assert_int_equal(sip_digest_algorithm_of(sip_str_of(name)), i);
    }
    assert_int_equal(sip_digest_algorithm_of(SIP_STR("")), SIP_DIGEST_MD5);
    assert_int_equal(sip_digest_algorithm_of(SIP_STR("sha-256")), SIP_DIGEST_SHA256);
    assert_int_equal(sip_digest_algorithm_of(SIP_STR("MD5-sess")), SIP_DIGEST_NONE);
    assert_int_equal(sip_digest_algorithm_of(SIP_STR("SHA-256-sess")), SIP_DIGEST_NONE);
    assert_int_equal(sip_digest_algorithm_of(SIP_STR("AKAv1-MD5")), SIP_DIGEST_NONE);
    assert_string_equal(sip_digest_algorithm_name(SIP_DIGEST_NONE), "");
}

static void response_wants_a_qop_and_algorithm_that_it_knows(void **state)
{
    sip_digest_input input = input_of(&samples[0]);
    char response[SIP_DIGEST_HEX_BYTES] = "untouched";

    (void)state;
    input.qop = SIP_STR("auth-conf");
    assert_int_equal(sip_digest_response(&input, response), SIP_EINVAL);
    input.qop = SIP_STR("auth-int");
    input.algorithm = SIP_DIGEST_NONE;
    assert_int_equal(sip_digest_response(&input, response), SIP_EINVAL);
    assert_string_equal(response, "untouched");
}

static sip_auth challenge_of(const sample *s)
{
    return (sip_auth){
        .scheme = SIP_STR("Digest"),
        .realm = sip_str_of(s->realm),
        .nonce = sip_str_of(s->nonce),
        .qop = sip_str_of(s->qop),
        .algorithm = sip_str_of(sip_digest_algorithm_name(s->algorithm)),
    };
}

static void authorization_is_printed_whole(void **state)
{
    const sample *s = &samples[0];
    sip_auth challenge = challenge_of(s);
    sip_digest_input request = input_of(s);
    char out[512];
    static const char expected[] =
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"" NONCE_2617
        "\", uri=\"/dir/index.html\", response=\"6629fae49393a05397450978507c4ef1\", "
        "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", cnonce=\"0a4f113b\", qop=auth, nc=00000001";

    (void)state;
    challenge.algorithm = (sip_str){0};
    challenge.opaque = SIP_STR("5ccc069c403ebaf9f0171e9517f40e41");
    challenge.qop = SIP_STR("auth-int , auth");
    assert_int_equal(sip_digest_authorize(&challenge, SIP_STR("Mufasa"), SIP_STR("Circle Of Life"),
                                          &request, 1, out, sizeof(out)),
                     strlen(expected));
    assert_string_equal(out, expected);
}

static void the_hash_of_a1_stands_for_the_password(void **state)
{
    const sample *s = &samples[0];
    sip_auth challenge = challenge_of(s);
    sip_digest_input request = input_of(s);
    char out[512];

    (void)state;
    request.a1_hex = SIP_STR("939e7578ed9e3c518a452acee763bce9");
    assert_true(sip_digest_authorize(&challenge, SIP_STR("Mufasa"), (sip_str){0}, &request, 1, out,
                                     sizeof(out)) > 0);
    assert_non_null(strstr(out, "response=\"6629fae49393a05397450978507c4ef1\", algorithm=MD5"));
}

static void every_sample_is_answered(void **state)
{
    char out[512];

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        sip_auth challenge = challenge_of(s);
        sip_digest_input request = input_of(s);

        request.qop = (sip_str){0};
        assert_true(sip_digest_authorize(&challenge, sip_str_of(s->username),
                                         sip_str_of(s->password), &request, 1, out,
                                         sizeof(out)) > 0);
        assert_non_null(strstr(out, s->response));
        assert_int_equal(strstr(out, "cnonce=") != NULL, s->qop[0] != '\0');
    }
}

static void the_count_is_eight_hex_digits(void **state)
{
    sip_auth challenge = challenge_of(&samples[0]);
    sip_digest_input request = input_of(&samples[0]);
    char out[512];

    (void)state;
    assert_true(sip_digest_authorize(&challenge, SIP_STR("u"), SIP_STR("p"), &request, 0xabcd, out,
                                     sizeof(out)) > 0);
    assert_non_null(strstr(out, "nc=0000abcd"));
}

static void quotes_in_a_username_are_escaped(void **state)
{
    sip_auth challenge = challenge_of(&samples[0]);
    sip_digest_input request = input_of(&samples[0]);
    char out[512];

    (void)state;
    challenge.realm = SIP_STR("a \\\"b\\\"");
    assert_true(sip_digest_authorize(&challenge, SIP_STR("x\"\\y"), SIP_STR("p"), &request, 1, out,
                                     sizeof(out)) > 0);
    assert_non_null(strstr(out, "username=\"x\\\"\\\\y\", realm=\"a \\\"b\\\"\""));
}

static void what_cannot_be_answered_is_refused(void **state)
{
    const sip_str p = SIP_STR_INIT("p");
    sip_auth challenge = challenge_of(&samples[0]);
    sip_digest_input request = input_of(&samples[0]);
    char out[512];

    (void)state;
    challenge.scheme = SIP_STR("Basic");
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EUNSUPPORTED);
    challenge = challenge_of(&samples[0]);
    challenge.algorithm = SIP_STR("MD5-sess");
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EUNSUPPORTED);
    challenge = challenge_of(&samples[0]);
    challenge.qop = SIP_STR("auth-conf,author,");
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EUNSUPPORTED);
}

static void nothing_can_be_smuggled_into_the_header(void **state)
{
    const sip_str p = SIP_STR_INIT("p");
    sip_auth challenge = challenge_of(&samples[0]);
    sip_digest_input request = input_of(&samples[0]);
    char out[512];

    (void)state;
    assert_int_equal(
        sip_digest_authorize(&challenge, SIP_STR("a\r\nX: y"), p, &request, 1, out, sizeof(out)),
        SIP_EINVAL);
    challenge.nonce = SIP_STR("a\r\nX: y");
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EINVAL);
    challenge = challenge_of(&samples[0]);
    request.uri = SIP_STR("sip:a\"b");
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EINVAL);
    request = input_of(&samples[0]);
    request.cnonce = (sip_str){0};
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out)),
                     SIP_EINVAL);
}

static void a_short_buffer_is_never_overrun(void **state)
{
    const sip_str p = SIP_STR_INIT("p");
    sip_auth challenge = challenge_of(&samples[0]);
    sip_digest_input request = input_of(&samples[0]);
    char out[512];
    int len = sip_digest_authorize(&challenge, p, p, &request, 1, out, sizeof(out));

    (void)state;
    assert_true(len > 0);
    for (size_t size = 0; size <= (size_t)len; size++) {
        memset(out, '#', sizeof(out));
        assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, size),
                         SIP_ETOOBIG);
        assert_int_equal(out[size], '#');
    }
    assert_int_equal(sip_digest_authorize(&challenge, p, p, &request, 1, out, (size_t)len + 1),
                     len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_those_of_the_rfcs),
        cmocka_unit_test(a1_is_the_hash_of_its_parts),
        cmocka_unit_test(names_and_algorithms_go_both_ways),
        cmocka_unit_test(response_wants_a_qop_and_algorithm_that_it_knows),
        cmocka_unit_test(authorization_is_printed_whole),
        cmocka_unit_test(the_hash_of_a1_stands_for_the_password),
        cmocka_unit_test(every_sample_is_answered),
        cmocka_unit_test(the_count_is_eight_hex_digits),
        cmocka_unit_test(quotes_in_a_username_are_escaped),
        cmocka_unit_test(what_cannot_be_answered_is_refused),
        cmocka_unit_test(nothing_can_be_smuggled_into_the_header),
        cmocka_unit_test(a_short_buffer_is_never_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
