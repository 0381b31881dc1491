using Engine.Contracts;
using Engine.WebConsole.Backtests;
using Engine.WebConsole.Bookmarks;
using Engine.WebConsole.Clicks;
using Engine.WebConsole.Credit;
using Engine.WebConsole.DeadLetters;
using Engine.WebConsole.Health;
using Engine.WebConsole.Items;
using Engine.WebConsole.Log;
using Engine.WebConsole.Meetings;
using Engine.WebConsole.Messages;
using Engine.WebConsole.Pages;
using Engine.WebConsole.Processes;
using Engine.WebConsole.Rules;
using Engine.WebConsole.Sponsors;
using Engine.WebConsole.Totals;
using Engine.WebConsole.WorkflowResults;
using StackExchange.Redis;

namespace Engine.WebConsole;

/// <summary>Adds the console to an engine's endpoints.</summary>
public static class ConsoleMap
{
    /// <summary>The number of readings of the log for pages at once.</summary>
    private const int MaxReadings = 4;

    public static void MapConsole(this ConsoleServices services)
    {
        var totals = new TotalsReader(
            services.Redis.GetDatabase(),
            services.Keys,
            () => services.Kafka.PartitionsOf(Topics.Interactions),
            services.Clock
        );
        var log = new TopicReader(services.Log, new SemaphoreSlim(MaxReadings), services.Clock);
        var clicks = new ClickReader(services.Redis.GetDatabase(), services.Keys, log, services.Kafka);
        ConsoleEntrance.Map(services.Routes, services.Visitors);
        TotalsPages.Map(services.Routes, totals, services.Timeline, services.Health, services.Clock);
        ClickPages.Map(services.Routes, clicks, services.Proofs, services.Kafka, services.Clock);
        DeadLetterPages.Map(
            services.Routes,
            new DeadLetterDesk(log, services.Kafka, services.Keys.Prefix, services.Events)
        );
        HealthPages.Map(
            services.Routes,
            new HealthReader(
                services.Health,
                services.Redis,
                services.Keys,
                log,
                services.Kafka,
                services.DecidedTopics
            )
        );
        var records = new SettingRecords(log, services.Kafka);
        var rules = new RuleDesk(services.Timeline, records);
        var backtests = new BacktestDesk(
            services.Backtests,
            services.Timeline,
            services.Redis.GetDatabase(),
            services.Keys,
            services.Clock,
            services.Stopping
        );
        RulePages.Map(services.Routes, rules, backtests, totals, services.Clock);
        BacktestPages.Map(services.Routes, backtests, rules);
        ProcessPages.Map(
            services.Routes,
            new ProcessDesk(services.Timeline, records, services.Kafka, services.Redis.GetDatabase(), services.Keys),
            services.Clock
        );
        MapWorkflowPages(services, log);
        SnoozePages.Map(services.Routes, new SnoozeDesk(services.Timeline, records), services.Clock);
        UserPages.Map(services.Routes, services.Timeline, records);
        CreditPages.Map(services.Routes, new CreditReader(totals, services.Currency), totals, services.Clock);
    }

    private static void MapWorkflowPages(ConsoleServices services, TopicReader log)
    {
        IDatabase redis = services.Redis.GetDatabase();
        var results = new ResultReader(redis, services.Keys, log, services.Kafka);
        MeetingPages.Map(services.Routes, new MeetingDesk(results, services.Kafka, services.Clock));
        MessagePages.Map(services.Routes, new MessageDesk(results, services.Timeline));
        MessageRulePages.Map(
            services.Routes,
            new MessageTrials(services.Timeline, redis, services.Keys, services.Kafka, services.Clock)
        );
        ItemPages.Map(services.Routes, new ItemDesk(results, services.Timeline, redis, services.Keys));
        SponsorPages.Map(services.Routes, new SponsorDesk(results, services.Timeline, redis, services.Keys));
        BookmarkPages.Map(services.Routes, new BookmarkDesk(results));
    }
}
