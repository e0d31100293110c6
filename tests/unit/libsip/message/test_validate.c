/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/msg.h>

#include "message_samples.h"
#include "message_sweep.h"

#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
#define FROM "From: <sip:a@h>;tag=1\r\n"
#define TO "To: <sip:b@h>\r\n"
#define CALL "Call-ID: c@h\r\n"
#define CSEQ "CSeq: 1 OPTIONS\r\n"
#define LINE "OPTIONS sip:b@h SIP/2.0\r\n"
#define OK_LINE "SIP/2.0 200 OK\r\n"
#define END "\r\n"

static void test_verdicts(void **state)
{
    static const struct {
        const char *text;
        sip_rule rule; /* NONE: sound */
        int status;
    } cases[] = {
        {LINE VIA FROM TO CALL CSEQ END, SIP_RULE_NONE, 0},
        {OK_LINE VIA FROM TO CALL CSEQ END, SIP_RULE_NONE, 0},
        {LINE FROM TO CALL CSEQ END, SIP_RULE_VIA_MISSING, 400},
        {LINE VIA TO CALL CSEQ END, SIP_RULE_FROM_MISSING, 400},
        {LINE VIA FROM CALL CSEQ END, SIP_RULE_TO_MISSING, 400},
        {LINE VIA FROM TO CSEQ END, SIP_RULE_CALL_ID_MISSING, 400},
        {LINE VIA FROM TO CALL END, SIP_RULE_CSEQ_MISSING, 400},
        {OK_LINE VIA FROM TO CALL END, SIP_RULE_CSEQ_MISSING, 0},
        {LINE VIA FROM FROM TO CALL CSEQ END, SIP_RULE_FROM_TWICE, 400},
        {LINE VIA FROM TO "t: <sip:b@h>\r\n" CALL CSEQ END, SIP_RULE_TO_TWICE, 400},
        {LINE VIA FROM TO CALL CALL CSEQ END, SIP_RULE_CALL_ID_TWICE, 400},
        {LINE VIA FROM TO CALL CSEQ CSEQ END, SIP_RULE_CSEQ_TWICE, 400},
        {LINE VIA VIA FROM TO CALL CSEQ END, SIP_RULE_NONE, 0},
        {LINE "Via: x\r\n" FROM TO CALL CSEQ END, SIP_RULE_VIA, 400},
        {LINE "Via: \r\n" FROM TO CALL CSEQ END, SIP_RULE_VIA, 400},
        {LINE VIA "From: <\r\n" TO CALL CSEQ END, SIP_RULE_FROM, 400},
        {LINE VIA "From: *\r\n" TO CALL CSEQ END, SIP_RULE_FROM, 400},
        {LINE VIA FROM "To: *\r\n" CALL CSEQ END, SIP_RULE_TO, 400},
        {LINE VIA FROM TO "Call-ID: \r\n" CSEQ END, SIP_RULE_CALL_ID, 400},
        {LINE VIA FROM TO "Call-ID: a b\r\n" CSEQ END, SIP_RULE_CALL_ID, 400},
        {LINE VIA FROM TO CALL "CSeq: 1 INVITE\r\n" END, SIP_RULE_CSEQ_METHOD, 400},
        {OK_LINE VIA FROM TO CALL "CSeq: 1 INVITE\r\n" END, SIP_RULE_NONE, 0},
        {LINE VIA FROM TO CALL "CSeq: 2147483647 OPTIONS\r\n" END, SIP_RULE_NONE, 0},
        {LINE VIA FROM TO CALL "CSeq: 2147483648 OPTIONS\r\n" END, SIP_RULE_CSEQ_NUMBER, 400},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: 0\r\n" END, SIP_RULE_NONE, 0},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: 256\r\n" END, SIP_RULE_MAX_FORWARDS, 400},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: -1\r\n" END, SIP_RULE_MAX_FORWARDS, 400},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: 1\r\nMax-Forwards: 1\r\n" END,
         SIP_RULE_MAX_FORWARDS_TWICE, 400},
        {OK_LINE VIA FROM TO CALL CSEQ "Max-Forwards: x\r\n" END, SIP_RULE_NONE, 0},
        {"OPTIONS sip:b@h SIP/3.0\r\n" VIA FROM TO CALL CSEQ END, SIP_RULE_VERSION, 505},
        {"OPTIONS <sip:b@h> SIP/2.0\r\n" VIA FROM TO CALL CSEQ END, SIP_RULE_REQUEST_URI, 400},
        {"OPTIONS sip:b@h:70000 SIP/2.0\r\n" VIA FROM TO CALL CSEQ END, SIP_RULE_REQUEST_URI, 400},
        {LINE VIA FROM TO CALL CSEQ "Contact: sip:u@h?Route=%3Csip:x%3E\r\n" END, SIP_RULE_CONTACT,
         400},
        {LINE VIA FROM TO CALL CSEQ "m: <sip:a@h>,\r\nm: <sip:b@h\r\n" END, SIP_RULE_CONTACT, 400},
        {OK_LINE VIA FROM TO CALL CSEQ "m: <sip:b@h\r\n" END, SIP_RULE_NONE, 0},
        {LINE VIA FROM TO CALL CSEQ "m: *\r\n" END, SIP_RULE_NONE, 0},
        {"OPTIONS odd:thing SIP/2.0\r\n" VIA FROM TO CALL CSEQ END, SIP_RULE_NONE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_parse_error error = {0};
        sip_msg *msg = NULL;
        int rc;

        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(cases[i].text), NULL, &msg, NULL), 0);
        rc = sip_msg_check(msg, NULL, &error);
        assert_int_equal(rc, cases[i].rule == SIP_RULE_NONE ? 0 : SIP_ESYNTAX);
        if (rc != 0) {
            assert_int_equal(error.id, cases[i].rule);
            assert_string_equal(error.rule, sip_rule_text(cases[i].rule));
            assert_string_equal(error.section, sip_rule_section(cases[i].rule));
            assert_int_equal(error.status, cases[i].status);
            assert_int_equal(sip_msg_check(msg, NULL, NULL), SIP_ESYNTAX);
        }
        sip_msg_unref(msg);
    }
}

static void test_offset(void **state)
{
    sip_parse_error error = {0};
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, SIP_STR(LINE VIA "From: <\r\n" TO CALL CSEQ END),
                                   NULL, &msg, NULL),
                     0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, strlen(LINE VIA));
    sip_msg_unref(msg);
    assert_int_equal(sip_msg_parse(NULL, NULL,
                                   SIP_STR(LINE VIA FROM TO CALL CSEQ "t: <sip:b@h>\r\n" END), NULL,
                                   &msg, NULL),
                     0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, strlen(LINE VIA FROM TO CALL CSEQ));
    sip_msg_unref(msg);
    assert_int_equal(sip_msg_parse(NULL, NULL, SIP_STR("A <b> SIP/2.0\r\n" END), NULL, &msg, NULL),
                     0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, 2);
    sip_msg_unref(msg);
    assert_int_equal(
        sip_msg_parse(NULL, NULL, SIP_STR("A sip:b SIP/3.0\r\n" END), NULL, &msg, NULL), 0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, 8);
    sip_msg_unref(msg);
    assert_int_equal(sip_msg_check(NULL, NULL, &error), SIP_EINVAL);
}

/* A limit that any of the Contacts is over, and any other header for a strict policy. */
static void test_limits(void **state)
{
    static const sip_msg_limits small = {.uri_bytes = 12, .params = 3};
    static const struct {
        const char *text;
        sip_rule lenient, strict;
    } cases[] = {
        {LINE VIA FROM TO CALL CSEQ "m: <sip:a@h>, <sip:b@h.long>;a;b;c\r\n" END, SIP_RULE_NONE,
         SIP_RULE_MAX_FORWARDS_MISSING},
        {LINE VIA FROM TO CALL CSEQ "m: <sip:a@h.longer>, <sip:b@h>\r\n" END, SIP_RULE_URI_LENGTH,
         SIP_RULE_URI_LENGTH},
        {LINE VIA FROM TO CALL CSEQ "m: <sip:a@h>, <sip:b@h.longer>\r\n" END, SIP_RULE_URI_LENGTH,
         SIP_RULE_URI_LENGTH},
        {LINE VIA FROM TO CALL CSEQ "m: <sip:a@h>\r\nm: <sip:b@h>;a;b;c;d\r\n" END,
         SIP_RULE_PARAM_COUNT, SIP_RULE_PARAM_COUNT},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: 70\r\nEvent: presence;a;b;c;d\r\n" END,
         SIP_RULE_NONE, SIP_RULE_PARAM_COUNT},
        {LINE VIA FROM TO CALL CSEQ "Max-Forwards: 70\r\nEvent: presence;a;b;c\r\n" END,
         SIP_RULE_NONE, SIP_RULE_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_parse_error lenient = {0}, strict = {0};
        sip_msg *msg = NULL;

        assert_int_equal(sip_msg_parse(NULL, &small, sip_str_of(cases[i].text), NULL, &msg, NULL),
                         0);
        assert_int_equal(sip_msg_check(msg, NULL, &lenient),
                         cases[i].lenient != SIP_RULE_NONE ? SIP_ETOOBIG : 0);
        assert_int_equal(lenient.id, cases[i].lenient);
        (void)sip_msg_check(msg, sip_msg_policy_strict(), &strict);
        assert_int_equal(strict.id, cases[i].strict);
        sip_msg_unref(msg);
    }
}

/* Messages of RFC 4475 and what becomes of them: refused when parsed, refused when checked, or
 * sound. */
enum verdict {
    REFUSED,
    UNSOUND,
    SOUND
};

#define TORTURE_HEAD(method, cseq)                                                                 \
    "Max-Forwards: 70\r\nTo: sip:j.user@example.com\r\nFrom: "                                     \
    "sip:caller@example.net;tag=134161461246\r\n"                                                  \
    "Call-ID: t.0ha0isndaksdjasdf3234nas\r\nCSeq: " cseq " " method "\r\n"                         \
    "Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw\r\n"

static const struct {
    const char *name;
    enum verdict verdict;
    const char *text;
} torture[] = {
    {"3.1.1.3 esc01", SOUND,
     "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0\r\n"
     "To: sip:%75se%72@example.com\r\nFrom: <sip:I%20have%20spaces@example.net>;tag=938\r\n"
     "Max-Forwards: 87\r\ni: esc01.239409asdfakjkn23onasd0-3234\r\nCSeq: 234234 INVITE\r\n"
     "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw\r\nC: application/sdp\r\n"
     "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\r\n\r\n"},
    {"3.1.1.6 lwsdisp", SOUND,
     "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\n"
     "From: caller<sip:caller@example.com>;tag=323\r\nMax-Forwards: 70\r\n"
     "Call-ID: lwsdisp.1234abcd@funky.example.com\r\nCSeq: 60 OPTIONS\r\n"
     "Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw\r\nl: 0\r\n\r\n"},
    {"3.1.1.8 dblreq", SOUND,
     "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\n"
     "From: sip:j.user@example.com;tag=43251j3j324\r\nMax-Forwards: 8\r\nI: dblreq.0ha0isndaks\r\n"
     "Contact: sip:j.user@host.example.com\r\nCSeq: 8 REGISTER\r\n"
     "Via: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492\r\nContent-Length: 0\r\n\r\n"
     "INVITE sip:joe@example.com SIP/2.0\r\n\r\n"},
    {"3.1.1.11 transports", SOUND,
     "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\n"
     "From: <sip:caller@example.com>;tag=323\r\nMax-Forwards: 70\r\nCall-ID: transports.kijh4\r\n"
     "CSeq: 60 OPTIONS\r\nVia: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw\r\n"
     "Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bK0a9idfnee\r\nl: 0\r\n\r\n"},
    {"3.1.1.13 noreason", SOUND,
     "SIP/2.0 100 \r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\r\n"
     "Call-ID: noreason.asndj203insdf99223ndf\r\nCSeq: 35 INVITE\r\n"
     "From: <sip:user@example.com>;tag=39ansfi3\r\nTo: <sip:user@example.edu>;tag=902jndnke3\r\n"
     "Content-Length: 0\r\n\r\n"},
    {"3.1.2.1 badinv01", UNSOUND,
     "INVITE sip:user@example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\n"
     "From: sip:caller@example.net;tag=134161461246\r\nMax-Forwards: 7\r\nCall-ID: "
     "badinv01.0ha0\r\n"
     "CSeq: 8 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\nContact: \"\" <>;,\r\n\r\n"},
    {"3.1.2.2 clerr", REFUSED,
     "INVITE sip:user@example.com SIP/2.0\r\n" TORTURE_HEAD(
         "INVITE", "8") "Content-Length: 9999\r\n\r\nv=0\r\n"},
    {"3.1.2.3 ncl", REFUSED,
     "INVITE sip:user@example.com SIP/2.0\r\n" TORTURE_HEAD(
         "INVITE", "8") "Content-Length: -999\r\n\r\nv=0\r\n"},
    {"3.1.2.4 scalar02", UNSOUND,
     "REGISTER sip:example.com SIP/2.0\r\n" TORTURE_HEAD(
         "REGISTER", "36893488147419103232") "Expires: 1000000000000\r\nContent-Length: 0\r\n\r\n"},
    {"3.1.2.5 scalarlg", UNSOUND,
     "SIP/2.0 503 Service Unavailable\r\n" TORTURE_HEAD(
         "REGISTER",
         "9292394834772304023312") "Retry-After: 949302838503028349304023988\r\nContent-Length: "
                                   "0\r\n\r\n"},
    {"3.1.2.6 quotbal", UNSOUND,
     "INVITE sip:user@example.com SIP/2.0\r\nTo: \"Mr. J. User <sip:j.user@example.com>\r\n"
     "From: sip:caller@example.net;tag=93334\r\nMax-Forwards: 10\r\nCall-ID: quotbal.aksdj\r\n"
     "CSeq: 8 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234\r\n\r\n"},
    {"3.1.2.7 ltgtruri", UNSOUND,
     "INVITE <sip:user@example.com> SIP/2.0\r\n" TORTURE_HEAD("INVITE", "1") "\r\n"},
    {"3.1.2.8 lwsruri", REFUSED,
     "INVITE sip:user@example.com; lr SIP/2.0\r\n" TORTURE_HEAD("INVITE", "1") "\r\n"},
    {"3.1.2.9 lwsstart", SOUND,
     "INVITE  sip:user@example.com  SIP/2.0\r\n" TORTURE_HEAD("INVITE", "1") "\r\n"},
    {"3.1.2.10 trws", SOUND,
     "OPTIONS sip:remote-target@example.com SIP/2.0  \r\n" TORTURE_HEAD("OPTIONS", "1") "\r\n"},
    {"3.1.2.15 baddn", UNSOUND,
     "OPTIONS sip:t.watson@example.org SIP/2.0\r\n"
     "Via: SIP/2.0/UDP c.example.com:5060;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\n"
     "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\r\nTo: sip:t@example.org\r\n"
     "Call-ID: baddn.31415@c.example.com\r\nCSeq: 3923239 OPTIONS\r\nl: 0\r\n\r\n"},
    {"3.1.2.16 badvers", UNSOUND,
     "OPTIONS sip:t.watson@example.org SIP/7.0\r\n" TORTURE_HEAD("OPTIONS", "31417") "\r\n"},
    {"3.1.2.17 mismatch01", UNSOUND,
     "OPTIONS sip:user@example.com SIP/2.0\r\n" TORTURE_HEAD("INVITE", "8") "l: 0\r\n\r\n"},
    {"3.1.2.19 bigcode", REFUSED,
     "SIP/2.0 4294967301 better not break the receiver\r\n" TORTURE_HEAD("INVITE", "8") "\r\n"},
    {"3.3.1 insuf", UNSOUND,
     "INVITE sip:user@example.com SIP/2.0\r\nCSeq: 193942 INVITE\r\n"
     "Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\nl: 0\r\n\r\n"},
    {"3.3.2 unkscm", SOUND,
     "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\r\n" TORTURE_HEAD("OPTIONS",
                                                                                   "3") "\r\n"},
    {"3.3.3 novelsc", SOUND,
     "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0\r\n" TORTURE_HEAD("OPTIONS", "3") "\r\n"},
    {"3.3.8 multi01", UNSOUND,
     "INVITE sip:user@company.com SIP/2.0\r\nContact: <sip:caller@host25.example.net>\r\n"
     "Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\nCSeq: 5 INVITE\r\n"
     "Call-ID: multi01.98asdh@192.0.2.1\r\nCSeq: 59 INVITE\r\nCall-ID: multi01.98asdh@192.0.2.2\r\n"
     "From: sip:caller@example.com;tag=3413415\r\nTo: sip:user@example.com\r\n"
     "To: sip:other@example.net\r\nFrom: sip:caller@example.net;tag=2923420123\r\nl: 0\r\n\r\n"},
    {"3.3.9 mcl01", REFUSED,
     "OPTIONS sip:user@example.com SIP/2.0\r\n" TORTURE_HEAD(
         "OPTIONS", "59") "Content-Length: 13\r\nContent-Length: 5\r\n\r\nThere's no way to know"},
};

static void test_rfc4475(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(torture) / sizeof(torture[0]); i++) {
        enum verdict found = REFUSED;
        sip_msg *msg = NULL;

        if (sip_msg_parse(NULL, NULL, sip_str_of(torture[i].text), NULL, &msg, NULL) == 0) {
            found = sip_msg_check(msg, NULL, NULL) == 0 ? SOUND : UNSOUND;
        }
        if (found != torture[i].verdict) {
            print_error("RFC 4475 %s\n", torture[i].name);
        }
        assert_int_equal(found, torture[i].verdict);
        sip_msg_unref(msg);
    }
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        sip_str bytes = {message_samples[i].text, message_samples[i].len};
        sip_msg *msg = NULL;

        assert_int_equal(sip_msg_parse(NULL, NULL, bytes, NULL, &msg, NULL), 0);
        assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
        sip_msg_unref(msg);
    }
}

/* Values that use up the room of the block: what then has no memory is told from what is unsound.
 */
static int read_and_check(const sip_msg *msg)
{
    for (size_t i = 0; sip_msg_address(msg, SIP_HEADER_CONTACT, i) != NULL; i++) {
        assert_non_null(sip_msg_address(msg, SIP_HEADER_CONTACT, i));
    }
    for (size_t i = 0; sip_msg_address(msg, SIP_HEADER_ROUTE, i) != NULL; i++) {
        assert_non_null(sip_msg_address(msg, SIP_HEADER_ROUTE, i));
    }
    return sip_msg_check(msg, NULL, NULL);
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(message_sweep(SIP_STR(sample_message), read_and_check) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),  cmocka_unit_test(test_offset),
        cmocka_unit_test(test_rfc4475),   cmocka_unit_test(test_samples),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
