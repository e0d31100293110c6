#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "message/ident.h"
#include "stack/steer.h"

#define COOKIE 0x1234567u
#define WORKERS 4

static const sip__steer steer = {.workers = WORKERS, .cookie = COOKIE, .key = {3, 4}};

static void make_tag(uint32_t cookie, unsigned worker, char out[SIP_TAG_BYTES])
{
    sip__ident ident;

    sip__ident_init(&ident, sip_random_system(), cookie, worker);
    (void)sip__ident_tag(&ident, out);
}

static unsigned owner_of(const sip__steer *by, const char *text)
{
    sip_msg *msg = NULL;
    unsigned owner;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    owner = sip__steer_owner(by, msg);
    assert_true(owner < by->workers);
    assert_int_equal(sip__steer_owner(by, msg), owner); /* it depends on the message alone */
    (void)sip_msg_unref(msg);
    return owner;
}

typedef struct request {
    const char *method, *uri, *to, *call_id, *more;
} request;

static unsigned owner(const request *of)
{
    char text[1200];

    snprintf(text, sizeof(text),
             "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:f@h>;tag=f\r\n"
             "To: %s\r\nCall-ID: %s\r\nCSeq: 1 %s\r\n%s\r\n",
             of->method, of->uri, of->to, of->call_id, of->method, of->more ? of->more : "");
    return owner_of(&steer, text);
}

static void test_response_by_branch(void **state)
{
    (void)state;
    for (unsigned worker = 0; worker < WORKERS + 2; worker++) {
        char branch[SIP__BRANCH_BYTES];
        char text[400];
        sip__ident ident;
        unsigned found;

        sip__ident_init(&ident, sip_random_system(), COOKIE, worker);
        (void)sip__ident_branch(&ident, branch);
        snprintf(text, sizeof(text),
                 "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=%s\r\nCall-ID: c\r\n\r\n", branch);
        found = owner_of(&steer, text);
        if (worker < WORKERS) {
            assert_int_equal(found, worker);
        } else { /* out of range: as by the Call-ID */
            assert_int_equal(found, owner_of(&steer, "SIP/2.0 200 OK\r\nCall-ID: c\r\n\r\n"));
        }
    }
}

static void test_tag_of_ours(void **state)
{
    (void)state;
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        char tag[SIP_TAG_BYTES], to[100];

        make_tag(COOKIE, worker, tag);
        snprintf(to, sizeof(to), "<sip:t@h>;tag=%s", tag);
        assert_int_equal(owner(&(request){"BYE", "sip:a@h", to, "c1", NULL}), worker);
        assert_int_equal(owner(&(request){"SUBSCRIBE", "sip:a@h", to, "c2", NULL}), worker);
    }
}

static void test_foreign_and_stale_tags(void **state)
{
    char stale[SIP_TAG_BYTES], to[100];
    unsigned by_call = owner(&(request){"BYE", "sip:a@h", "<sip:t@h>", "c1", NULL});

    (void)state;
    assert_int_equal(owner(&(request){"BYE", "sip:a@h", "<sip:t@h>;tag=foreign", "c1", NULL}),
                     by_call);
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        make_tag(COOKIE + 1, worker, stale);
        snprintf(to, sizeof(to), "<sip:t@h>;tag=%s", stale);
        assert_int_equal(owner(&(request){"BYE", "sip:a@h", to, "c1", NULL}), by_call);
        make_tag(COOKIE, worker + WORKERS, stale); /* of a start with more workers */
        snprintf(to, sizeof(to), "<sip:t@h>;tag=%s", stale);
        assert_int_equal(owner(&(request){"BYE", "sip:a@h", to, "c1", NULL}), by_call);
    }
}

static void test_headers_that_name_a_dialog(void **state)
{
    static const char *const formats[] = {
        "Replaces: call-9;to-tag=%s;from-tag=foreign\r\n",
        "Replaces: call-9;from-tag=%s;to-tag=foreign\r\n",
        "Join: call-9;to-tag=%s;from-tag=foreign\r\n",
        "Target-Dialog: call-9;local-tag=foreign;remote-tag=%s\r\n",
        "Target-Dialog: call-9;local-tag=%s;remote-tag=foreign\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        for (unsigned worker = 0; worker < WORKERS; worker++) {
            char tag[SIP_TAG_BYTES], more[200];

            make_tag(COOKIE, worker, tag);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(more, sizeof(more), formats[i], tag);
#pragma GCC diagnostic pop
            assert_int_equal(owner(&(request){"INVITE", "sip:a@h", "<sip:t@h>", "c1", more}),
                             worker);
        }
    }
    (void)owner(&(request){"INVITE", "sip:a@h", "<sip:t@h>", "c1", "Replaces: call-9\r\n"});
}

static void test_address_of_record(void **state)
{
    unsigned registered =
        owner(&(request){"REGISTER", "sip:h", "<sip:al@Home.Example>", "c1", NULL});

    (void)state;
    assert_int_equal(
        owner(&(request){"REGISTER", "sip:h", "<sip:al@home.example>;x=y", "c2", NULL}),
        registered);
    assert_int_equal(owner(&(request){"PUBLISH", "sip:al@home.example", "<sip:t@h>", "c3", NULL}),
                     registered);
    assert_int_equal(owner(&(request){"SUBSCRIBE", "sip:al@HOME.example", "<sip:t@h>", "c4", NULL}),
                     registered);
    /* Within a foreign dialog it is a dialog's message again. */
    assert_int_equal(
        owner(&(request){"SUBSCRIBE", "sip:al@home.example", "<sip:t@h>;tag=x", "c5", NULL}),
        owner(&(request){"INVITE", "sip:z@h", "<sip:t@h>", "c5", NULL}));
}

static void test_spreads_over_all(void **state)
{
    unsigned calls[WORKERS] = {0}, users[WORKERS] = {0};

    (void)state;
    for (unsigned i = 0; i < 400; i++) {
        char call_id[20], to[40];

        snprintf(call_id, sizeof(call_id), "call-%u", i);
        snprintf(to, sizeof(to), "<sip:user%u@h>", i);
        calls[owner(&(request){"INVITE", "sip:a@h", "<sip:t@h>", call_id, NULL})]++;
        users[owner(&(request){"REGISTER", "sip:h", to, "c", NULL})]++;
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_in_range(calls[i], 60, 140);
        assert_in_range(users[i], 60, 140);
    }
}

static void test_one_worker_owns_all(void **state)
{
    const sip__steer one = {.workers = 1, .cookie = COOKIE, .key = {3, 4}};

    (void)state;
    assert_int_equal(owner_of(&one, "INVITE sip:a@h SIP/2.0\r\nCall-ID: c\r\n\r\n"), 0);
    assert_int_equal(owner_of(&one, "SIP/2.0 200 OK\r\n\r\n"), 0);
    assert_int_equal(owner_of(&one, "REGISTER sip:h SIP/2.0\r\n\r\n"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response_by_branch),
        cmocka_unit_test(test_tag_of_ours),
        cmocka_unit_test(test_foreign_and_stale_tags),
        cmocka_unit_test(test_headers_that_name_a_dialog),
        cmocka_unit_test(test_address_of_record),
        cmocka_unit_test(test_spreads_over_all),
        cmocka_unit_test(test_one_worker_owns_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
