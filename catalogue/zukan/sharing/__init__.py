"""One catalogue for several machines: fetched whole and put in the place of the present one, or published."""
