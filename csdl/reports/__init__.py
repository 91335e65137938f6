"""Periodic statistics reports: forms as data, periods, frozen figures, every cell traceable to the rows it counts.

The way of a report from school to ministry (send, return, accept, consolidate) is built on top of this.
"""
