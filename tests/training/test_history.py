"""The log of a run."""

from speechapp.training.history import EpochRow, best_of, write_log

FIRST = EpochRow(1, 0.001, 1.5, 0.4, 1.25, 0.5)
SECOND = EpochRow(2, 0.0005, 1.0, 0.6, 1.125, 0.75)
THIRD = EpochRow(3, 0.0001, 0.9, 0.7, 1.0625, 0.75)
FOURTH = EpochRow(4, 0.0, 0.8, 0.8, 1.0, 0.7)


def test_the_log_is_a_table_with_a_header() -> None:
    assert write_log([FIRST, SECOND]) == (
        "epoch,learning_rate,training_loss,training_accuracy,validation_loss,validation_accuracy\n"
        "1,0.001,1.5,0.4,1.25,0.5\n"
        "2,0.0005,1,0.6,1.125,0.75\n"
    )


def test_the_best_epoch_has_the_highest_accuracy_then_the_lowest_loss() -> None:
    assert best_of([FIRST, SECOND, THIRD, FOURTH]) is THIRD
