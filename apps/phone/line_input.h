/* Lines of standard input: with editing and history on a terminal, else as they come. */
#ifndef PHONE_LINE_INPUT_H
#define PHONE_LINE_INPUT_H

#include <sip/loop.h>

/* @param on_line  a line without its end; NULL: the end of input, then no more calls come
 * One a process, as a terminal is. @return 0, SIP_ENOMEM, SIP_EIO */
int line_input_start(sip_loop *loop, void (*on_line)(const char *line, void *arg), void *arg);
/* Give the terminal back. */
void line_input_stop(void);
/* Take the line being edited off the terminal before something else is printed, and put it back. */
void line_input_hide(void);
void line_input_show(void);

#endif
