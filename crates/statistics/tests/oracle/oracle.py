"""Reference values for the tests of `statistics`, by other people's programs and, for the jackknife, by brute force.

Run with Python 3.11.7, scipy 1.17.1, numpy 2.4.6: python oracle.py, in this folder. `norris.csv` is the data set Norris
of NIST's Statistical Reference Datasets (https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml); its certified
values stand in the test.
"""

import csv

import numpy as np
from scipy import stats

x, y = np.loadtxt("norris.csv", delimiter=",", skiprows=1).T
n = len(x)


def leave_one_out(statistic):
    return np.array([statistic(np.delete(x, i), np.delete(y, i)) for i in range(n)])


def jackknife_error(left_out):
    return np.sqrt((n - 1) / n * np.sum((left_out - left_out.mean()) ** 2))


def log_ratio(x, y):
    return np.log(y.mean() / x.mean())


def log_mean_variance(x, y):
    return np.log((np.var(x, ddof=1) + np.var(y, ddof=1)) / 2)


values = {"mean": y.mean(), "variance": np.var(y, ddof=1), "standard_error": stats.sem(y)}

values["log_ratio"] = log_ratio(x, y)
values["log_ratio_error"] = jackknife_error(leave_one_out(log_ratio))
pseudo = n * log_ratio(x, y) - (n - 1) * leave_one_out(log_ratio)
values["pseudo_mean"], values["pseudo_error"] = pseudo.mean(), stats.sem(pseudo)
values["log_mean_variance"] = log_mean_variance(x, y)
values["log_mean_variance_error"] = jackknife_error(leave_one_out(log_mean_variance))

values["slope"] = stats.linregress(np.arange(n), y).slope

errors = 0.1 * (1 + np.arange(n) % 5)
(slope, intercept), covariance = np.polyfit(x, y, 1, w=1 / errors, cov="unscaled")
values["weighted_slope"], values["weighted_slope_error"] = slope, np.sqrt(covariance[0, 0])
values["weighted_intercept"], values["weighted_intercept_error"] = intercept, np.sqrt(covariance[1, 1])

# Groups of values at one x: the x of Norris rounded to hundreds.
fit = stats.linregress(100 * np.round(x / 100), y)
values["groups_slope"], values["groups_slope_error"] = fit.slope, fit.stderr
values["groups_intercept"], values["groups_intercept_error"] = fit.intercept, fit.intercept_stderr


def write(name, header, rows):
    with open(name, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


write("values.csv", ["name", "value"], [(name, repr(float(value))) for name, value in values.items()])

# Two-sided quantiles for one of several simultaneous intervals; 0 replicates stand for a normal error.
quantiles = []
for confidence in (0.95, 0.997):
    for comparisons in (1, 250):
        tail = (1 - confidence) / comparisons / 2
        for replicates in (0, 2, 3, 30):
            quantile = stats.t.isf(tail, replicates - 1) if replicates else stats.norm.isf(tail)
            quantiles.append((replicates, confidence, comparisons, repr(float(quantile))))
write("quantiles.csv", ["replicates", "confidence", "comparisons", "quantile"], quantiles)
