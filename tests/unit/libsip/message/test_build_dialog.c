/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message/print.h"
#include "support/fail_alloc.h"

static sip_dialog_facts make_facts(const char *routes)
{
    return (sip_dialog_facts){.call_id = SIP_STR("c"),
                              .local = SIP_STR("\"A\" <sip:a@h>"),
                              .remote = SIP_STR("<sip:b@h>;x=y"),
                              .local_tag = SIP_STR("1"),
                              .remote_tag = SIP_STR("2"),
                              .remote_target = SIP_STR("sip:b@pc;ob"),
                              .routes = sip_str_of(routes),
                              .cseq = 9};
}

static void check(const char *routes, const char *expected)
{
    const sip_dialog_facts facts = make_facts(routes);
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(sip_build_in_dialog(NULL, SIP_STR("BYE"), &facts), &msg), 0);
    if (!sip_str_equal(sip_msg_bytes(msg), expected)) {
        fail_msg("%.*s", SIP_ARG(sip_msg_bytes(msg)));
    }
    sip_msg_unref(msg);
}

#define REST                                                                                       \
    "Max-Forwards: 70\r\nFrom: \"A\" <sip:a@h>;tag=1\r\nTo: <sip:b@h>;x=y;tag=2\r\n"               \
    "Call-ID: c\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n"

/* RFC 3261 12.2.1.1: no routes, loose ones, strict ones. */
static void test_routes(void **state)
{
    (void)state;
    check("", "BYE sip:b@pc;ob SIP/2.0\r\n" REST);
    check("<sip:p1;lr>,<sip:p2;x=\",\">",
          "BYE sip:b@pc;ob SIP/2.0\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;x=\",\">\r\n" REST);
    check("<sip:p1;lr>\n<sip:p2;lr>, <sip:p3;lr>\n",
          "BYE sip:b@pc;ob SIP/2.0\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"
          "Route: <sip:p3;lr>\r\n" REST);
    check("<sip:p1?Route=x>,<sip:p2;lr>",
          "BYE sip:p1 SIP/2.0\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:b@pc;ob>\r\n" REST);
}

static void test_target_with_headers(void **state)
{
    sip_dialog_facts facts = make_facts("<sip:strict>");
    sip_msg *msg = NULL;

    (void)state;
    facts.remote_target = SIP_STR("sip:b@pc;ob?Subject=x");
    assert_int_equal(sip_build_finish(sip_build_in_dialog(NULL, SIP_STR("BYE"), &facts), &msg), 0);
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), "<sip:b@pc;ob>"));
    sip_msg_unref(msg);
}

static sip_msg *make_bye(const char *routes)
{
    const sip_dialog_facts facts = make_facts(routes);
    static char big[5000];
    sip_build *build = sip_build_in_dialog(NULL, SIP_STR("BYE"), &facts);
    sip_msg *msg = NULL;

    memset(big, 'x', sizeof big); /* more than there is room for at first */
    sip_build_header(build, SIP_HEADER_SUBJECT, (sip_str){big, sizeof big});
    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

/* The next hop of a request to a strict router is told by the message, whoever copies it; another
 * Request-URI is no strict router's. */
static void test_to_strict(void **state)
{
    sip_msg *loose = make_bye("<sip:p;lr>,<sip:q>");
    sip_msg *strict = make_bye("<sip:p>,<sip:q;lr>");
    sip_msg *copies[6] = {NULL};
    const sip__wire wire = {.protocol = SIP_PROTOCOL_UDP, .branch = SIP_STR_INIT("z9hG4bKx")};
    sip_edit *edit = sip_edit_create(strict);

    (void)state;
    assert_false(sip__msg_is_to_strict(loose));
    assert_true(sip__msg_is_to_strict(strict));
    sip_edit_set(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
    assert_int_equal(sip_edit_finish(edit, &copies[0]), 0);
    assert_int_equal(sip_build_finish(sip_build_from(strict, (sip_str){NULL, 0}), &copies[1]), 0);
    assert_int_equal(sip_msg_copy(strict, &copies[2]), 0);
    assert_int_equal(sip__print_request(strict, &wire, &copies[3]), 0);
    assert_int_equal(sip_build_finish(sip_build_from(strict, SIP_STR("sip:h")), &copies[4]), 0);
    edit = sip_edit_create(strict);
    sip_edit_request_uri(edit, SIP_STR("sip:h"));
    assert_int_equal(sip_edit_finish(edit, &copies[5]), 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(sip__msg_is_to_strict(copies[i]), i < 4);
        sip_msg_unref(copies[i]);
    }
    sip_msg_unref(strict);
    sip_msg_unref(loose);
}

static void test_no_tag(void **state)
{
    sip_dialog_facts facts = make_facts("");
    sip_msg *msg = NULL;

    (void)state;
    facts.remote_tag = (sip_str){NULL, 0};
    assert_int_equal(sip_build_finish(sip_build_in_dialog(NULL, SIP_STR("ACK"), &facts), &msg), 0);
    assert_int_equal(sip_msg_to(msg)->tag.len, 0);
    assert_int_equal(sip_msg_cseq(msg)->method, SIP_METHOD_ACK);
    sip_msg_unref(msg);
}

static void check_refused(const sip_dialog_facts *facts)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(sip_build_in_dialog(NULL, SIP_STR("BYE"), facts), &msg),
                     SIP_EINVAL);
    assert_null(msg);
}

static void test_refused(void **state)
{
    sip_dialog_facts facts = make_facts("");

    (void)state;
    check_refused(NULL);
    facts.remote_target = SIP_STR("");
    check_refused(&facts);
    facts.routes = SIP_STR("<sip:strict>");
    check_refused(&facts);
    facts.remote_target = SIP_STR("sip:h>;x=<y");
    check_refused(&facts);
    facts = make_facts("");
    facts.local = SIP_STR("<sip:a@h>\r\nX: y");
    check_refused(&facts);
    facts = make_facts("");
    facts.local_tag = SIP_STR("a b");
    check_refused(&facts);
    facts = make_facts("<sip:a\rb;lr>");
    check_refused(&facts);
}

static void test_no_memory(void **state)
{
    const sip_dialog_facts facts = make_facts("<sip:p1>");
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *msg = NULL;
        int rc;

        fail_alloc_init(&fail, ++n);
        rc = sip_build_finish(sip_build_in_dialog(&fail.allocator, SIP_STR("BYE"), &facts), &msg);
        assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),    cmocka_unit_test(test_target_with_headers),
        cmocka_unit_test(test_to_strict), cmocka_unit_test(test_no_tag),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
