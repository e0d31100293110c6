#include "stack/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "stack/stack.h"
#include "support/fail_alloc.h"

typedef struct world {
    fail_alloc memory;
    sip_clock clock;
    sip_stack *stack;
    sip_worker *a, *b;
} world;

static char opened[200];
static unsigned dropped;

static sip_time_ms now_ms(void *user_data)
{
    (void)user_data;
    return 1000;
}

static int64_t unix_s(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static void init(world *self)
{
    sip_stack_config config = {.workers = 2};

    opened[0] = '\0';
    dropped = 0;
    fail_alloc_init(&self->memory, 0);
    self->clock = (sip_clock){now_ms, unix_s, NULL};
    config.clock = &self->clock;
    config.allocator = &self->memory.allocator;
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    self->a = sip_stack_worker(self->stack, 0);
    self->b = sip_stack_worker(self->stack, 1);
}

static void finish(world *self)
{
    sip_stack_destroy(self->stack);
    assert_int_equal(self->memory.live, 0);
}

static void open(sip_worker *worker, sip__letter *letter)
{
    size_t len = strlen(opened);

    (void)snprintf(opened + len, sizeof opened - len, "%s:%s",
                   sip_worker_index(worker) == 1 ? "b" : "a", letter->bytes);
    assert_int_equal(strlen(letter->bytes), letter->len);
}

static void drop(sip__letter *letter)
{
    (void)letter;
    dropped++;
}

static const sip__letter_kind kind = {.open = open, .drop = drop};
static const sip__letter_kind last = {.open = open, .drop = drop, .is_last = true};

static void send(const world *self, sip_worker *to, const sip__letter_kind *of, const char *text)
{
    sip__letter *letter = sip__letter_create(&self->memory.allocator, of, sip_str_of(text));

    assert_non_null(letter);
    sip__mailbox_put(to, letter);
}

static void letters_are_opened_in_order_by_their_receiver(void **state)
{
    world self;

    (void)state;
    init(&self);
    assert_int_equal(sip_stack_next_due_ms(self.stack), UINT64_MAX);
    send(&self, self.b, &kind, "1 ");
    send(&self, self.b, &kind, "2 ");
    send(&self, self.a, &kind, "3 ");
    assert_int_equal(sip_stack_next_due_ms(self.stack), 1000); /* at once */
    assert_string_equal(opened, "");
    sip_stack_process(self.stack);
    assert_string_equal(opened, "a:3 b:1 b:2 ");
    assert_int_equal(sip_stack_next_due_ms(self.stack), UINT64_MAX);
    finish(&self);
    assert_int_equal(dropped, 0);
}

static sip_msg *message(const world *self)
{
    sip_build *build =
        sip_build_request(&self->memory.allocator, SIP_STR("OPTIONS"), SIP_STR("sip:a@h"));
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

/* Whatever is not opened is dropped with the message in it; what begins nothing is opened. */
static void what_waits_at_the_end_is_not_lost(void **state)
{
    sip__letter *letter;
    world self;

    (void)state;
    init(&self);
    send(&self, self.b, &kind, "1 ");
    send(&self, self.b, &last, "2 ");
    letter = sip__letter_create(&self.memory.allocator, &kind, (sip_str){NULL, 0});
    letter->msg = message(&self);
    sip__mailbox_put(self.a, letter);
    finish(&self);
    assert_string_equal(opened, "b:2 ");
    assert_int_equal(dropped, 2);
}

static void count(sip_worker *worker, sip__letter *letter)
{
    (void)worker;
    (void)letter;
    dropped++;
}

static void many_are_opened_turn_by_turn(void **state)
{
    static const sip__letter_kind counted = {.open = count};
    world self;

    (void)state;
    init(&self);
    for (unsigned i = 0; i < SIP__MAILBOX_MOST; i++) {
        assert_false(sip__mailbox_is_full(self.b));
        send(&self, self.b, &counted, "");
    }
    assert_true(sip__mailbox_is_full(self.b));
    sip_stack_process(self.stack);
    assert_true(dropped > 0 && dropped < SIP__MAILBOX_MOST);
    assert_false(sip__mailbox_is_full(self.b));
    while (sip_stack_next_due_ms(self.stack) == 1000) {
        sip_stack_process(self.stack);
    }
    assert_int_equal(dropped, SIP__MAILBOX_MOST);
    finish(&self);
}

static void without_memory_there_is_no_letter(void **state)
{
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_null(sip__letter_create(&memory.allocator, &kind, SIP_STR("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_opened_in_order_by_their_receiver),
        cmocka_unit_test(what_waits_at_the_end_is_not_lost),
        cmocka_unit_test(many_are_opened_turn_by_turn),
        cmocka_unit_test(without_memory_there_is_no_letter),
    };

    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
