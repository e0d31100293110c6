#include "body_check.h"

#include <stdio.h>

#include <sip/build.h>
#include <sip/multipart.h>

#include "support/fail_alloc.h"

static const sip_body_type *const calls[] = {&sip_sdp_type, &sip_multipart_mixed_type,
                                             &sip_multipart_alternative_type,
                                             &sip_multipart_related_type, NULL};
static const char *const dispositions[] = {"session", "render", NULL};
static const char *const encodings[] = {"gzip", NULL};
static const char *const languages[] = {"en", "de-CH", NULL};
static const sip_body_registry phone = {
    .types = calls, .dispositions = dispositions, .encodings = encodings, .languages = languages};

static sip_msg *message(const char *headers, const char *body)
{
    char text[2000];
    sip_msg *msg = NULL;

    snprintf(text, sizeof text,
             "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1"
             "\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n%s\r\n%s",
             headers, body);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void judge(const char *headers, const char *body, int status, sip_header_id header)
{
    sip_msg *msg = message(headers, body);
    const sip_body_verdict verdict = sip_body_judge(msg, &phone);

    if (verdict.status != status || verdict.header != header) {
        print_error("%s%s: %d\n", headers, body, verdict.status);
    }
    assert_int_equal(verdict.status, status);
    assert_int_equal(verdict.header, header);
    assert_true((verdict.body != NULL) == (status != 0));
    assert_true((verdict.reason != NULL) == (status != 0));
    sip_msg_unref(msg);
}

#define GOOD 0, SIP_HEADER_OTHER
#define BAD_TYPE 415, SIP_HEADER_ACCEPT

static void test_types(void **state)
{
    (void)state;
    judge("", "", GOOD);
    judge("Content-Type: application/sdp\r\n", "v=0\r\n", GOOD);
    judge("c: Application/SDP;x=y\r\n", "v=0\r\n", GOOD);
    judge("Content-Type: application/isup\r\n", "x", BAD_TYPE);
    judge("Content-Type: application/isup\r\nContent-Disposition: signal;handling=required\r\n",
          "x", BAD_TYPE);
    judge("Content-Type: application/isup\r\nContent-Disposition: signal;handling=Optional\r\n",
          "x", GOOD);
    judge("", "x", BAD_TYPE);
    judge("Content-Type: application\r\n", "x", 400, SIP_HEADER_OTHER);
    judge("Content-Type: application\r\nContent-Disposition: render;handling=optional\r\n", "x",
          GOOD);
    assert_int_equal(sip_body_judge(NULL, &phone).status, 0);
}

static void test_dispositions(void **state)
{
    (void)state;
    judge("Content-Type: application/sdp\r\nContent-Disposition: Session\r\n", "x", GOOD);
    judge("Content-Type: application/sdp\r\nContent-Disposition: early-session\r\n", "x", BAD_TYPE);
    judge("Content-Type: application/sdp\r\nContent-Disposition: x;handling=optional\r\n", "x",
          GOOD);
    judge("Content-Type: application/sdp\r\nContent-Disposition: ;\r\n", "x", BAD_TYPE);
}

static void test_encodings(void **state)
{
    (void)state;
    judge("Content-Type: application/sdp\r\nContent-Encoding: GZIP\r\n", "x", GOOD);
    judge("Content-Type: application/sdp\r\ne: identity, gzip\r\n", "x", GOOD);
    judge("Content-Type: application/sdp\r\nContent-Encoding: br\r\n", "x", 415,
          SIP_HEADER_ACCEPT_ENCODING);
    judge("Content-Type: application/sdp\r\nContent-Encoding: gzip, br\r\n", "x", 415,
          SIP_HEADER_ACCEPT_ENCODING);
    judge("Content-Type: multipart/mixed;boundary=b\r\nContent-Encoding: gzip\r\n", "x", GOOD);
}

static void test_languages(void **state)
{
    (void)state;
    judge("Content-Type: application/sdp\r\nContent-Language: EN-gb\r\n", "x", GOOD);
    judge("Content-Type: application/sdp\r\nContent-Language: fr, de-ch\r\n", "x", GOOD);
    judge("Content-Type: application/sdp\r\nContent-Language: de\r\n", "x", 415,
          SIP_HEADER_ACCEPT_LANGUAGE);
    judge("Content-Type: application/sdp\r\nContent-Language: eng\r\n", "x", 415,
          SIP_HEADER_ACCEPT_LANGUAGE);
}

#define SDP_PART "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
#define ISUP_PART "--b\r\nContent-Type: application/isup\r\n"
#define OPTIONAL "Content-Disposition: signal;handling=optional\r\n"
#define END "--b--\r\n"
#define MIXED_TYPE "Content-Type: multipart/mixed;boundary=b\r\n"

static void test_mixed(void **state)
{
    (void)state;
    judge(MIXED_TYPE, SDP_PART END, GOOD);
    judge(MIXED_TYPE, SDP_PART ISUP_PART "\r\nx\r\n" END, BAD_TYPE);
    judge(MIXED_TYPE, ISUP_PART OPTIONAL "\r\nx\r\n" SDP_PART END, GOOD);
    judge(MIXED_TYPE OPTIONAL, SDP_PART ISUP_PART "\r\nx\r\n" END, GOOD);
    judge(MIXED_TYPE,
          SDP_PART "--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: x\r\n\r\nx"
                   "\r\n" END,
          BAD_TYPE);
    judge(MIXED_TYPE, "x", 400, SIP_HEADER_OTHER);
    judge(MIXED_TYPE, "--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n" END, 400,
          SIP_HEADER_OTHER);
    judge("Content-Type: multipart/signed;boundary=b\r\n", SDP_PART END, GOOD);
}

static void test_alternative(void **state)
{
    static const char type[] = "Content-Type: multipart/alternative;boundary=b\r\n";

    (void)state;
    judge(type, SDP_PART ISUP_PART "\r\nx\r\n" END, GOOD);
    judge(type, ISUP_PART "\r\nx\r\n" SDP_PART END, GOOD);
    judge(type, ISUP_PART OPTIONAL "\r\nx\r\n" END, BAD_TYPE);
    judge(MIXED_TYPE,
          "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\nContent-Type: x/y"
          "\r\n\r\n--c\r\nContent-Type: application/sdp\r\n\r\n--c--\r\n" END,
          GOOD);
}

static void test_related(void **state)
{
    (void)state;
    judge("Content-Type: multipart/related;boundary=b\r\n", SDP_PART ISUP_PART "\r\nx\r\n" END,
          GOOD);
    judge("Content-Type: multipart/related;boundary=b\r\n", ISUP_PART "\r\nx\r\n" SDP_PART END,
          BAD_TYPE);
    judge("Content-Type: multipart/related;boundary=b;start=\"<a@b>\"\r\n", SDP_PART END, 400,
          SIP_HEADER_OTHER);
}

static void test_limits(void **state)
{
    const sip_body_registry small = {.base = &phone, .limits = {.parts = 1}};
    sip_msg *msg = message(MIXED_TYPE, SDP_PART SDP_PART END);
    const sip_body_verdict verdict = sip_body_judge(msg, &small);

    (void)state;
    assert_int_equal(verdict.status, 413);
    assert_string_equal(verdict.reason, "multipart");
    sip_msg_unref(msg);
}

static void test_without_memory(void **state)
{
    fail_alloc fail;
    sip_msg *msg = NULL;

    (void)state;
    fail_alloc_init(&fail, 2);
    assert_int_equal(sip_msg_parse(&fail.allocator, NULL,
                                   SIP_STR("A sip:b SIP/2.0\r\nContent-Type: multipart/mixed;"
                                           "boundary=b\r\nContent-Disposition: render;"
                                           "handling=optional\r\n\r\n--b\r\n\r\n--b--"),
                                   NULL, &msg, NULL),
                     0);
    assert_int_equal(sip_body_judge(msg, NULL).status, 500);
    assert_int_equal(sip_body_judge(msg, NULL).status, 0);
    sip_msg_unref(msg);
}

static void assert_accept(const sip_body_registry *registry, sip_header_id header,
                          const char *expected)
{
    char text[2000];
    const int len = sip_body_accept_print(registry, header, text, sizeof text);

    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(text));
    assert_int_equal(sip_body_accept_print(registry, header, NULL, 0), len);
}

static void test_accept(void **state)
{
    static const sip_body_type *const mine[] = {&sip_text_type, &sip_sdp_type, NULL};
    const sip_body_registry registry = {.types = mine, .base = &phone};
    const sip_body_registry empty = {.types = NULL};

    (void)state;
    assert_accept(&phone, SIP_HEADER_ACCEPT,
                  "application/sdp, multipart/mixed, multipart/alternative, multipart/related");
    assert_accept(&registry, SIP_HEADER_ACCEPT,
                  "text/plain, application/sdp, multipart/mixed, multipart/alternative, "
                  "multipart/related");
    assert_accept(&empty, SIP_HEADER_ACCEPT, "");
    assert_accept(&registry, SIP_HEADER_ACCEPT_ENCODING, "gzip");
    assert_accept(NULL, SIP_HEADER_ACCEPT_ENCODING, "identity");
    assert_accept(&registry, SIP_HEADER_ACCEPT_LANGUAGE, "en, de-CH");
    assert_accept(&empty, SIP_HEADER_ACCEPT_LANGUAGE, "*");
    assert_int_equal(sip_body_accept_print(NULL, SIP_HEADER_ALLOW, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_body_accept_print(NULL, SIP_HEADER_ACCEPT, NULL, 1), SIP_EINVAL);
}

/* The whole way to a 415. */
static void test_answer(void **state)
{
    sip_msg *msg = message("Content-Type: application/isup\r\n", "x");
    sip_body_verdict verdict = sip_body_judge(msg, &phone);
    sip_build *build = sip_build_response(msg, verdict.status, (sip_str){NULL, 0}, SIP_STR("t"));
    sip_msg *response = NULL;

    (void)state;
    sip_build_accept(build, &phone, &verdict);
    verdict.status = 0;
    sip_build_accept(build, &phone, &verdict);
    sip_build_accept(build, &phone, NULL);
    assert_int_equal(sip_build_finish(build, &response), 0);
    assert_int_equal(sip_msg_status(response), 415);
    assert_str(sip_msg_find(response, "Accept", 0),
               "application/sdp, multipart/mixed, multipart/alternative, multipart/related");
    assert_null(sip_msg_find(response, "Accept", 1).ptr);
    sip_msg_unref(response);
    sip_msg_unref(msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),          cmocka_unit_test(test_dispositions),
        cmocka_unit_test(test_encodings),      cmocka_unit_test(test_languages),
        cmocka_unit_test(test_mixed),          cmocka_unit_test(test_alternative),
        cmocka_unit_test(test_related),        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_accept),
        cmocka_unit_test(test_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
