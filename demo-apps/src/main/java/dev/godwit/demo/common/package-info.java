/** What the demo applications share: reading a command line, measuring how long a program stood still, printing. */
package dev.godwit.demo.common;
