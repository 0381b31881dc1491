using Engine.Contracts;
using Engine.WebConsole.Credit;
using Engine.WebConsole.Pages;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole;

/// <summary>Adds the console to an engine's endpoints.</summary>
public static class ConsoleMap
{
    public static void MapConsole(this ConsoleServices services)
    {
        var totals = new TotalsReader(services.Redis.GetDatabase(), services.Keys, () =>
            services.Kafka.PartitionsOf(Topics.Interactions)
        );
        ConsoleEntrance.Map(services.Routes, services.Visitors);
        TotalsPages.Map(services.Routes, totals, services.Timeline, services.Clock);
        CreditPages.Map(services.Routes, new CreditReader(totals, services.Currency), totals, services.Clock);
    }
}
