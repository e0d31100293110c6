#include <dum/dum.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "support/fail_alloc.h"
#include "support/one_ua.h"

static void wrong_arguments(void **state)
{
    const dum_config second_worker = {.worker = 1};
    struct {
        dum_config config;
        int later_member;
    } longer = {.later_member = 0};
    dum_manager *dum = NULL;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum_manager_create(NULL, NULL, &dum), SIP_EINVAL);
    assert_int_equal(dum_manager_create(ua.stack, &second_worker, &dum), SIP_EINVAL);
    longer.later_member = 1; /* of a newer header: what it asks for is not known here */
    assert_int_equal(dum_manager_create_sized(ua.stack, &longer.config, sizeof longer, &dum),
                     SIP_EINVAL);
    assert_null(dum);
    longer.later_member = 0;
    assert_int_equal(dum_manager_create_sized(ua.stack, &longer.config, sizeof longer, &dum), 0);
    assert_non_null(dum);
    assert_int_equal(dum_manager_create(ua.stack, NULL, NULL), 0); /* the stack's all the same */
    one_ua_close(&ua);
}

static void null_managers(void **state)
{
    (void)state;
    assert_null(dum_manager_stack(NULL));
    assert_int_equal(dum_manager_usages(NULL), 0);
}

static void defaults(void **state)
{
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_ptr_equal(dum_manager_stack(ua.dum), ua.stack);
    assert_int_equal(dum_manager_usages(ua.dum), 0);
    assert_int_equal(ua.dum->max_sessions, 1000000);
    assert_int_equal(ua.dum->shutdown_ms, 4000);
    assert_memory_equal(ua.dum->user_agent, "Parley/", 7);
    assert_non_null(ua.dum->builtin);
    assert_int_equal(one_ua_ask(&ua, &(one_ua_request){.method = "OPTIONS"}), 200);
    assert_non_null(strstr(ua.sent[0], "\r\nServer: Parley/"));
    one_ua_close(&ua);
}

static void the_user_agent_is_copied(void **state)
{
    char agent[] = "Mine/1";
    const dum_config config = {.user_agent = agent};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, &config, NULL), 0);
    memset(agent, '?', 6);
    assert_int_equal(one_ua_ask(&ua, &(one_ua_request){.method = "OPTIONS"}), 200);
    assert_true(one_ua_said(&ua, "Server: Mine/1"));
    one_ua_close(&ua);
}

static void as_many_sessions_as_allowed(void **state)
{
    const dum_config config = {.max_sessions = 2};
    probe_log log = {.answer = 0};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, &config, NULL), 0);
    probe_create(ua.dum->builtin, &log);
    assert_int_equal(dum__may_begin(ua.dum), 0);
    probe_create(ua.dum->builtin, &log);
    assert_int_equal(dum_manager_usages(ua.dum), 2);
    assert_int_equal(dum__may_begin(ua.dum), SIP_EBUSY);
    assert_non_null(strstr(sip_stack_error(ua.stack), "2 sessions"));
    dum__usage_destroy(SIP_CONTAINER_OF(ua.dum->usages.next, dum__usage, link));
    assert_int_equal(dum__may_begin(ua.dum), 0);
    one_ua_close(&ua);
}

/* The first manager whose selector fits gets the request; the others never see it. */
static void managers_share_a_stack(void **state)
{
    static const char *const messages[] = {"MESSAGE", NULL}, *const elsewhere[] = {"other", NULL};
    const dum_config only_messages = {.methods = messages, .user_agent = "first"};
    const dum_config only_elsewhere = {.domains = elsewhere, .user_agent = "second"};
    const dum_config rest = {.user_agent = "third"};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, &only_messages, NULL), 0);
    assert_int_equal(dum_manager_create(ua.stack, &only_elsewhere, NULL), 0);
    assert_int_equal(dum_manager_create(ua.stack, &rest, NULL), 0);
    assert_int_equal(one_ua_ask(&ua, &(one_ua_request){.method = "MESSAGE"}), 405);
    assert_true(one_ua_said(&ua, "Server: first"));
    one_ua_ask(&ua, &(one_ua_request){.uri = "sip:x@other", .branch = "2"});
    assert_true(one_ua_said(&ua, "Server: second"));
    assert_int_equal(one_ua_ask(&ua, &(one_ua_request){.branch = "3", .cseq = 2}), 200);
    assert_true(one_ua_said(&ua, "Server: third"));
    one_ua_close(&ua);
}

typedef struct numbered_part {
    dum__part part;
    char number;
} numbered_part;

static char order[4];

static void note_destroyed(dum__part *part)
{
    order[strlen(order)] = SIP_CONTAINER_OF(part, numbered_part, part)->number;
}

static void parts_go_in_reverse_order(void **state)
{
    numbered_part parts[3] = {{.number = '1'}, {.number = '2'}, {.number = '3'}};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        dum__part_add(ua.dum, &parts[i].part, note_destroyed);
    }
    one_ua_close(&ua);
    assert_memory_equal(order, "321", 3);
}

static void handlers_are_set_once(void **state)
{
    static const dum_invite_handler handler = {.data_bytes = 1};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum_manager_set_invite_handler(NULL, &handler, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_invite_handler(ua.dum, NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_invite_handler(ua.dum, &handler, NULL), 0);
    assert_int_equal(dum_manager_set_invite_handler(ua.dum, &handler, NULL), SIP_ESTATE);
    one_ua_close(&ua);
}

static void without_memory_there_is_none(void **state)
{
    int err = SIP_ENOMEM;
    size_t n = 0;

    (void)state;
    while (err != 0) {
        dum_manager *dum = NULL;
        fail_alloc fails;
        one_ua ua;

        fail_alloc_init(&fails, 0);
        assert_int_equal(one_ua_open(&ua, NULL, &fails.allocator), 0);
        fails.fail_at = fails.calls + ++n;
        err = dum_manager_create(ua.stack, NULL, &dum);
        assert_true(err == 0 || err == SIP_ENOMEM);
        assert_int_equal(dum == NULL, err != 0);
        fails.fail_at = 0;
        /* What failed has left nothing behind: the other manager works. */
        assert_int_equal(one_ua_ask(&ua, &(one_ua_request){.method = "OPTIONS"}), 200);
        one_ua_close(&ua);
        assert_int_equal(fails.live, 0);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(null_managers),
        cmocka_unit_test(defaults),
        cmocka_unit_test(the_user_agent_is_copied),
        cmocka_unit_test(as_many_sessions_as_allowed),
        cmocka_unit_test(managers_share_a_stack),
        cmocka_unit_test(parts_go_in_reverse_order),
        cmocka_unit_test(handlers_are_set_once),
        cmocka_unit_test(without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
