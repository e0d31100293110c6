/* MESSAGE, OPTIONS and another request, challenged, in which every allocation fails once, on either
 * side: nothing crashes, nothing leaks, and whoever began a request hears of its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/sim_memory.h"

typedef enum kind {
    TEXT,
    OPTIONS,
    NOTIFY
} kind;

typedef struct world {
    kind what;
    sim_memory *memory;
    unsigned delivered, responses, asked;
    int status; /* at the end */
} world;

/* ---- alice asks */

static void on_delivered(dum_pager *pager, const sip_msg *response, void *user_data)
{
    world *it = user_data;

    (void)pager;
    assert_int_equal(sip_msg_status(response), 202);
    it->delivered++;
}

static void note_end(world *it, const dum_cause *cause)
{
    assert_true(cause->text.len > 0);
    it->memory->ended++;
    it->status = cause->status;
}

static void on_pager_terminated(dum_pager *pager, const dum_cause *cause, void *user_data)
{
    (void)pager;
    note_end(user_data, cause);
}

static void on_response(dum_out_of_dialog *ood, const sip_msg *response, void *user_data)
{
    (void)ood;
    assert_true(sip_msg_status(response) >= 200);
    ((world *)user_data)->responses++;
}

static void on_terminated(dum_out_of_dialog *ood, const dum_cause *cause, void *user_data)
{
    (void)ood;
    note_end(user_data, cause);
}

static const dum_pager_handler sender = {.on_delivered = on_delivered,
                                         .on_terminated = on_pager_terminated};
static const dum_out_of_dialog_handler asker = {.on_response = on_response,
                                                .on_terminated = on_terminated};

static int set_alice(sim_memory *memory, void *user_data)
{
    world *it = user_data;
    int err = dum_manager_set_pager_handler(memory->alice, &sender, it);

    it->memory = memory;
    return err != 0 ? err : dum_manager_set_out_of_dialog_handler(memory->alice, &asker, it);
}

/* ---- bob answers */

static void on_request(dum_manager *dum, dum_request *request, void *user_data)
{
    world *it = user_data;

    (void)dum;
    it->asked++;
    assert_int_equal(dum_request_respond(request, 202, NULL), 0);
}

static const dum_pager_handler receiver = {.on_message = on_request};
static const dum_out_of_dialog_handler answerer = {.on_request = on_request};

static int set_bob(sim_memory *memory, void *user_data)
{
    world *it = user_data;
    int err = dum_manager_set_pager_handler(memory->server, &receiver, it);

    return err != 0 || it->what != NOTIFY
               ? err
               : dum_manager_set_out_of_dialog_handler(memory->server, &answerer, it);
}

/* ---- the sweep */

static int ask(dum_profile *profile, kind what)
{
    const dum_pager_config text = {.to = "sip:bob@bob", .text = "hello"};
    const dum_out_of_dialog_config options = {.to = "sip:bob@bob"},
                                   notify = {.to = "sip:bob@bob", .method = "NOTIFY"};

    if (what == TEXT) {
        return dum_pager_create(profile, &text, NULL);
    }
    return dum_out_of_dialog_create(profile, what == OPTIONS ? &options : &notify, NULL);
}

static void run(sim_memory *memory, void *user_data)
{
    world *it = user_data;
    int err = ask(memory->profile, it->what);

    assert_true(err == 0 || (memory->fails.failed && err == SIP_ENOMEM));
    memory->begun = err == 0 ? 1 : 0;
    sip_sim_run(memory->sim, 40000);
    assert_int_equal(memory->ended, memory->begun);
    assert_true(it->asked <= 1);
    if (!memory->fails.failed) {
        assert_int_equal(it->status / 100, 2);
        assert_int_equal(it->delivered + it->responses, 1);
    }
}

static const sim_memory_play play = {
    .server = "bob", .set_alice = set_alice, .set_server = set_bob, .run = run};

static void sweep(kind what)
{
    for (int side = 0; side < 2; side++) {
        size_t n = 0;
        bool failed;

        do {
            world it = {.what = what};

            failed = sim_memory_fail_at(&play, ++n, side == 1, &it);
        } while (failed);
        assert_true(n > 20);
    }
}

static void a_message(void **state)
{
    (void)state;
    sweep(TEXT);
}

static void options(void **state)
{
    (void)state;
    sweep(OPTIONS);
}

static void another_request(void **state)
{
    (void)state;
    sweep(NOTIFY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message),
        cmocka_unit_test(options),
        cmocka_unit_test(another_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
