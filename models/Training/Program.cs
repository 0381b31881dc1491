using System.CommandLine;
using Models.Training.Commands;

Threads.WaitWithoutSpinning();
var root = new RootCommand(
    "Trains, evaluates and applies the engine's models. Exit codes: 0 done, 1 failed, 2 usage error, 3 not found."
)
{
    TrainCommand.Make(),
    TrainSampleCommand.Make(),
    EvaluateCommand.Make(),
    ScoreCommand.Make(),
    SeriesCommand.Make(),
    ReplaysCommand.Make(),
    ClickCommands.MakeTrain(),
    ClickCommands.MakeEvaluate(),
    ClickCommands.MakeScore(),
};
ParseResult parsed = root.Parse(args);
int code = parsed.Invoke();
return parsed.Errors.Count > 0 ? Exit.WrongUse : code;
