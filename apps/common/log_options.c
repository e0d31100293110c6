#include "common/log_options.h"

#include "common/say.h"
#include <errno.h>
#include <string.h>

#define VERBOSE_LEVELS "off,stack=debug,transport=debug,dns=debug,tls=debug"

bool log_options_has(int option)
{
    return option >= OPT_LOG_LEVELS && option < OPT_LOG_END;
}

static int bad(const char *program, const char *what, const char *value, const char *mend)
{
    say_error(program, "%s '%s': %s", what, value, mend);
    return 2;
}

static int check_levels(const char *value, const char *program)
{
    sip_log_levels *levels;
    int err = sip_log_levels_create(NULL, SIP_LOG_INFO, &levels);

    if (err != 0) {
        return bad(program, "--log", value, sip_error_text(err));
    }
    err = sip_log_levels_parse(levels, sip_str_of(value));
    sip_log_levels_destroy(levels);
    return err == 0 ? -1
                    : bad(program, "--log", value,
                          "must be LEVEL or CATEGORY=LEVEL, with commas between; see --help");
}

static int set_format(log_options *options, const char *value, const char *program)
{
    if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0) {
        return bad(program, "--log-format", value, "must be text or json");
    }
    options->format = *value == 'j' ? SIP_LOG_JSON : SIP_LOG_TEXT;
    return -1;
}

int log_options_set(log_options *options, int option, const char *value, const char *program)
{
    switch (option) {
    case OPT_LOG_LEVELS:
        options->levels = value;
        return check_levels(value, program);
    case OPT_LOG_TO:
        options->to = value;
        return *value != '\0'
                   ? -1
                   : bad(program, "--log-to", value, "must be stderr, syslog, or a file");
    case OPT_LOG_FORMAT:
        return set_format(options, value, program);
    default:
        return 2;
    }
}

int log_output_open(log_output *output, const log_options *options, bool verbose,
                    const char *program)
{
    sip_logger_config config = {
        .to = options->to,
        .format = options->format,
        .program = program,
        .levels = options->levels,
    };
    int err;

    *output = (log_output){0};
    if (config.levels == NULL) {
        config.levels = verbose ? VERBOSE_LEVELS : "info";
    }
    if (options->levels == NULL && options->to == NULL && !verbose) {
        return 0;
    }
    errno = 0;
    err = sip_logger_create(&config, &output->logger);
    if (err != 0) {
        say_error(program, "--log-to '%s': %s", options->to != NULL ? options->to : "stderr",
                  errno != 0 ? strerror(errno) : sip_error_text(err));
        return 1;
    }
    output->levels = config.levels;
    return 0;
}

const sip_log *log_output_log(const log_output *output)
{
    return sip_logger_log(output->logger);
}

void log_output_reopen(log_output *output, const char *program)
{
    if (sip_logger_reopen(output->logger) != 0) {
        say_error(program, "the log goes on in the old file: %s", strerror(errno));
    }
}

void log_output_toggle(log_output *output)
{
    sip_log_levels *levels = sip_logger_levels(output->logger);

    if (levels == NULL) {
        return;
    }
    output->is_detailed = !output->is_detailed;
    if (output->is_detailed) {
        sip_log_levels_set(levels, SIP_LOG_ALL, SIP_LOG_DEBUG);
    } else {
        sip_log_levels_set(levels, SIP_LOG_ALL, SIP_LOG_INFO); /* of what is not named */
        (void)sip_log_levels_parse(levels, sip_str_of(output->levels));
    }
}

void log_output_close(log_output *output)
{
    sip_logger_destroy(output->logger);
    output->logger = NULL;
}
