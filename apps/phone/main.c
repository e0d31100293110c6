/* parley-phone: a telephone on the command line. */
#include "common/say.h"
#include "common/std_streams.h"
#include "phone/line_input.h"
#include "phone/script.h"

static void on_line(const char *line, void *arg)
{
    if (line == NULL) {
        script_close(arg);
    } else {
        script_add_line(arg, line);
    }
}

/* Commands are the arguments or, without any, the lines of standard input. */
static int begin(struct script *script, const phone_options *options)
{
    sip_loop *loop = sip_worker_loop(sip_stack_worker(script->phone->stack, 0));
    int status = script_add_arguments(script, options->commands, options->n_commands);

    if (status != 0) {
        return status;
    }
    if (options->n_commands > 0) {
        script_close(script);
        return 0;
    }
    if (line_input_start(loop, on_line, script) != 0) {
        say_error(PHONE_PROGRAM, "standard input cannot be read");
        return 1;
    }
    return 0;
}

static int run(const phone_options *options)
{
    struct phone phone = {0};
    static struct script script; /* too large for a stack frame that others share */
    int status = phone_start(&phone, options);

    if (status == 0) {
        script_init(&script, &phone);
        status = begin(&script, options);
        if (status == 0 && sip_stack_run(phone.stack) != 0) {
            say_error(PHONE_PROGRAM, "%s", sip_stack_error(phone.stack));
            status = 1;
        }
        line_input_stop();
        script_finish(&script);
    }
    phone_finish(&phone);
    return status != 0 ? status : script.failed || phone.failed;
}

int main(int argc, char **argv)
{
    phone_options options;
    int status;

    if (!std_streams_open()) {
        return 1;
    }
    status = phone_options_parse(&options, argc, argv);
    if (status < 0) {
        status = run(&options);
    }
    if (status == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        say_error(PHONE_PROGRAM, "standard output cannot be written");
        status = 1;
    }
    phone_options_finish(&options);
    return status;
}
