/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does each interrupt end a wait, and does the waiter then know why? Two threads interrupt a reader,
 * as waiter_interrupt() does; one of them has set a variable before, that says to stop. The reader
 * waits again and again until it finds that set after an -ECANCELED, as users do. An interrupt that
 * is lost is a reader that sleeps for good, which spin reports as an invalid end state.
 *
 * Memory: that of C11, as far as it matters here. A store of the flag hands on what its thread knew
 * if it is a release, and an exchange of the flag hands on as well what was handed on by the store
 * that it replaces (a release sequence); the reader knows what it acquires. What is not known may
 * still be read as it was. The eventfd is read and written under a lock of the kernel's, so a read
 * knows all of the writes before it.
 *
 * Holds:  | as it is
 * Breaks: -DFLAG_STORED | the flag is stored, not exchanged: the other's store hides what came before
 * Breaks: -DFLAG_RELAXED | the flag's exchange hands nothing on
 * Breaks: -DTAKEN_RELAXED | the reader's exchange acquires nothing
 * Breaks: -DWRITES_FIRST | the eventfd is written before the flag is set
 * Breaks: -DNO_WRITE | only the flag is set
 */
#ifndef FLAG_STORED
#define FLAG_STORED 0
#endif
#ifndef FLAG_RELAXED
#define FLAG_RELAXED 0
#endif
#ifndef TAKEN_RELAXED
#define TAKEN_RELAXED 0
#endif

#define INTERRUPTERS 2

bool stop;             /* the user's variable */
bool flag;             /* w->interrupted */
bool flag_tells;       /* who acquires it knows that stop is set */
bool eventfd;          /* not 0: readable, until it is read */
bool eventfd_tells;    /* as flag_tells, who reads it */
bool eventfd_of_flag;  /* who reads it knows that the flag is set */
bool set[INTERRUPTERS] /* whose flag has not been taken */;

inline set_flag()
{
	atomic {
		flag_tells = (knows && !FLAG_RELAXED) || (flag_tells && !FLAG_STORED);
		flag = true;
		set[self] = true
	}
}

inline write_eventfd()
{
#ifdef NO_WRITE
	skip
#else
	atomic {
		eventfd = true;
		eventfd_tells = eventfd_tells || knows;
		eventfd_of_flag = eventfd_of_flag || set[self]
	}
#endif
}

/* waiter_interrupt(); the first of them sets the variable before. */
proctype interrupter(byte self)
{
	bool knows;

	if
	:: self == 0 -> stop = true; knows = true
	:: else
	fi;
#ifdef WRITES_FIRST
	write_eventfd();
	set_flag()
#else
	set_flag();
	write_eventfd()
#endif
}

/* clear_eventfd() */
inline read_eventfd()
{
	eventfd = false;
	knows = knows || eventfd_tells;
	sure = sure || eventfd_of_flag
}

proctype reader()
{
	bool knows; /* that stop is set */
	bool sure;  /* that the flag is, if it is: else it may be read as it was */

wait:	/* the loop of wait_event() */
	do
	:: atomic { flag -> /* sleep_take_interrupt(): a look, which may come too early for the flag */
			if
			:: true -> /* and the exchange */
				flag = false;
				knows = knows || (flag_tells && !TAKEN_RELAXED);
				set[0] = false;
				set[1] = false;
				eventfd_of_flag = false;
				sure = false
			:: !sure -> goto asleep
			fi
		}
		atomic { read_eventfd() }
		break
	:: atomic { !flag -> skip }
asleep:		atomic { eventfd -> read_eventfd() }
	od;
	/* -ECANCELED */
	if
	:: stop
	:: !(stop && knows) -> goto wait
	fi
}

init
{
	atomic {
		run interrupter(0);
		run interrupter(1);
		run reader()
	}
}
